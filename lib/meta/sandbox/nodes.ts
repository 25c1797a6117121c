/**
 * The sandbox's GET calls: one phone number, the numbers of an account, and the
 * token inspector. They answer the fields asked for and refuse unknown ones, as
 * the Graph API does. Source: Meta's phone number and debug_token references.
 */
import { SandboxRefusal } from "@/lib/meta/sandbox/refusal.ts";

/** What the sandbox knows about one of its phone numbers. */
export interface SandboxNumber {
  id: string;
  wabaId: string;
  /** As people read it, e.g. "+1 555-010-0000". */
  displayPhoneNumber: string;
  verifiedName: string;
  /** "CLOUD_API" when it is registered, the default; only then it can send. */
  platformType?: string;
  /** "CONNECTED" by default. */
  status?: string;
  /** "GREEN" by default. */
  qualityRating?: string;
  /** "VERIFIED" by default. */
  codeVerificationStatus?: string;
  /** "LIVE" by default; Meta's test numbers have "SANDBOX". */
  accountMode?: string;
}

/** What the token inspector tells of a token. */
export interface SandboxToken {
  appId: string;
  appName: string;
  type: string;
  /** Seconds since 1970; 0 = never. */
  expiresAt: number;
  permissions: readonly string[];
  /** Where the permissions stand: Meta changed that in June 2026. */
  permissionsIn: "both" | "scopes" | "granular_scopes";
  /** Whether the permissions name the accounts they are limited to. */
  limited: boolean;
}

const ALL_PERMISSIONS = ["whatsapp_business_management", "whatsapp_business_messaging"];

const DEFAULT_TOKEN: SandboxToken = {
  appId: "100000000000001",
  appName: "Sandbox",
  type: "SYSTEM_USER",
  expiresAt: 0,
  permissions: ALL_PERMISSIONS,
  permissionsIn: "both",
  limited: true,
};

const DEFAULT_FIELDS = "id,display_phone_number,verified_name,quality_rating";

/** Answers `GET /{phone number id}`; `fields` is comma-separated. */
export function numberNode(
  number: SandboxNumber,
  fields: string | undefined,
): Record<string, unknown> {
  const known: Record<string, unknown> = {
    id: number.id,
    display_phone_number: number.displayPhoneNumber,
    verified_name: number.verifiedName,
    quality_rating: number.qualityRating ?? "GREEN",
    status: number.status ?? "CONNECTED",
    name_status: "APPROVED",
    code_verification_status: number.codeVerificationStatus ?? "VERIFIED",
    account_mode: number.accountMode ?? "LIVE",
    platform_type: number.platformType ?? "CLOUD_API",
    throughput: { level: "STANDARD" },
    whatsapp_business_manager_messaging_limit: "TIER_250",
    is_official_business_account: false,
  };
  // The Graph API answers the id whether it was asked for or not.
  const node: Record<string, unknown> = {};
  for (const name of (fields || DEFAULT_FIELDS).split(",")) {
    const field = name.trim();
    if (!Object.hasOwn(known, field)) {
      throw new SandboxRefusal(
        100,
        `Tried accessing nonexisting field (${field})`,
      );
    }
    node[field] = known[field];
  }
  return { ...node, id: number.id };
}

/** Answers `GET /{WABA id}/phone_numbers`, paged by `limit` and `after`. */
export function numberList(
  numbers: readonly SandboxNumber[],
  query: Record<string, string>,
): Record<string, unknown> {
  const limit = Number(query.limit ?? 25);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    throw new SandboxRefusal(100, "Param limit must be from 1 to 100.");
  }
  const start = query.after === undefined ? 0 : cursorPosition(query.after);
  const end = start + limit;
  return {
    data: numbers.slice(start, end).map((number) => numberNode(number, query.fields)),
    paging: {
      cursors: { before: btoa(String(start)), after: btoa(String(end)) },
      ...(end < numbers.length ? { next: `next?after=${btoa(String(end))}` } : {}),
    },
  };
}

/** Answers `GET /debug_token` for a token that the sandbox accepts or not. */
export function tokenNode(
  options: { valid: boolean; wabaIds: readonly string[]; token: Partial<SandboxToken> },
): Record<string, unknown> {
  const token = { ...DEFAULT_TOKEN, ...options.token };
  const permissions = options.valid ? token.permissions : [];
  return {
    data: {
      app_id: token.appId,
      application: token.appName,
      type: token.type,
      is_valid: options.valid,
      expires_at: token.expiresAt,
      data_access_expires_at: 0,
      issued_at: 1_700_000_000,
      scopes: token.permissionsIn === "granular_scopes" ? [] : permissions,
      granular_scopes: token.permissionsIn === "scopes" ? [] : permissions.map((scope) => ({
        scope,
        ...(token.limited ? { target_ids: options.wabaIds } : {}),
      })),
    },
  };
}

function cursorPosition(cursor: string): number {
  const position = /^[A-Za-z0-9+/=]{1,16}$/.test(cursor) ? Number(atob(cursor)) : Number.NaN;
  if (Number.isInteger(position) && position >= 0) return position;
  throw new SandboxRefusal(100, "Param after is not a valid cursor.");
}
