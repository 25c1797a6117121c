/**
 * Asks Meta about phone numbers: one by its id, or all of a WhatsApp Business
 * account (WABA). Used to check credentials when an integration is connected.
 * Fields that Meta leaves out are null; its enumerations are open, so they stay
 * plain strings. Source: Meta's phone number reference.
 */
import {
  callGraph,
  type GraphAnswer,
  type GraphCaller,
  type LookupFailure,
  textOrNull,
} from "@/lib/meta/graph_call.ts";
import { isJsonObject } from "@/lib/meta/meta_error.ts";
import type { GraphTransport } from "@/lib/meta/transport.ts";

export type { LookupFailure } from "@/lib/meta/graph_call.ts";

/** What Meta tells about a phone number. */
export interface PhoneNumberInfo {
  id: string;
  /** As people read it, e.g. "+1 555-010-0000". */
  displayPhoneNumber: string | null;
  verifiedName: string | null;
  /** "GREEN", "YELLOW", "RED", "UNKNOWN" … */
  qualityRating: string | null;
  /** "CONNECTED", "DISCONNECTED", "BANNED" … */
  status: string | null;
  /** "APPROVED", "PENDING_REVIEW" … */
  nameStatus: string | null;
  /** "VERIFIED", "NOT_VERIFIED", "EXPIRED". */
  codeVerificationStatus: string | null;
  /** "LIVE" or "SANDBOX". */
  accountMode: string | null;
  /** "CLOUD_API", "ON_PREMISE", "NOT_APPLICABLE". */
  platformType: string | null;
  /** "STANDARD", "HIGH", "NOT_APPLICABLE". */
  throughputLevel: string | null;
  /** How many people may be messaged in 24 hours, e.g. "TIER_2K". */
  messagingLimit: string | null;
}

/** The answer about one number. */
export type PhoneNumberResult =
  | { ok: true; phoneNumber: PhoneNumberInfo }
  | LookupFailure;

/** The answer about all numbers of an account. */
export type PhoneNumbersResult =
  | { ok: true; phoneNumbers: PhoneNumberInfo[] }
  | LookupFailure;

const FIELDS = [
  "id",
  "display_phone_number",
  "verified_name",
  "quality_rating",
  "status",
  "name_status",
  "code_verification_status",
  "account_mode",
  "platform_type",
  "throughput",
  "whatsapp_business_manager_messaging_limit",
].join(",");

const PAGE_SIZE = 100;
// An account holds a few dozen numbers at most; a cursor that never ends is a
// fault of the server and must not keep us asking for ever.
const PAGE_LIMIT = 20;

/** Asks for one number by its phone number id. */
export async function fetchPhoneNumber(
  transport: GraphTransport,
  options: GraphCaller & { phoneNumberId: string },
): Promise<PhoneNumberResult> {
  const answer = await callGraph(transport, {
    method: "GET",
    path: `/${encodeURIComponent(options.phoneNumberId)}`,
    query: { fields: FIELDS },
    accessToken: options.accessToken,
    signal: options.signal,
  });
  if (!answer.ok) return answer;
  const phoneNumber = parsePhoneNumber(answer.body);
  return phoneNumber === null ? answer.unreadable : { ok: true, phoneNumber };
}

/** Asks for all numbers of a WhatsApp Business account, page by page. */
export async function fetchWabaPhoneNumbers(
  transport: GraphTransport,
  options: GraphCaller & { wabaId: string },
): Promise<PhoneNumbersResult> {
  const phoneNumbers: PhoneNumberInfo[] = [];
  let after: string | null = null;
  for (let page = 0; page < PAGE_LIMIT; page++) {
    const answer: GraphAnswer = await callGraph(transport, {
      method: "GET",
      path: `/${encodeURIComponent(options.wabaId)}/phone_numbers`,
      query: {
        fields: FIELDS,
        limit: String(PAGE_SIZE),
        ...(after === null ? {} : { after }),
      },
      accessToken: options.accessToken,
      signal: options.signal,
    });
    if (!answer.ok) return answer;
    const { data } = answer.body;
    if (!Array.isArray(data)) return answer.unreadable;
    phoneNumbers.push(
      ...data.map(parsePhoneNumber).filter((item) => item !== null),
    );
    after = nextCursor(answer.body);
    if (after === null) break;
  }
  return { ok: true, phoneNumbers };
}

function parsePhoneNumber(value: unknown): PhoneNumberInfo | null {
  if (!isJsonObject(value) || typeof value.id !== "string") return null;
  const text = textOrNull;
  return {
    id: value.id,
    displayPhoneNumber: text(value.display_phone_number),
    verifiedName: text(value.verified_name),
    qualityRating: text(value.quality_rating),
    status: text(value.status),
    nameStatus: text(value.name_status),
    codeVerificationStatus: text(value.code_verification_status),
    accountMode: text(value.account_mode),
    platformType: text(value.platform_type),
    throughputLevel: isJsonObject(value.throughput) ? text(value.throughput.level) : null,
    messagingLimit: text(value.whatsapp_business_manager_messaging_limit),
  };
}

// Meta sends cursors on the last page too: only `next` says there is more.
function nextCursor(body: Record<string, unknown>): string | null {
  const { paging } = body;
  if (!isJsonObject(paging) || typeof paging.next !== "string") return null;
  const { cursors } = paging;
  return isJsonObject(cursors) && typeof cursors.after === "string" ? cursors.after : null;
}
