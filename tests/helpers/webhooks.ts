/**
 * Meta's side of the callbacks: bodies in Meta's shapes, signed with an account's app secret and posted to a server.
 * What became of them is read from the database. Sources: Meta, "Webhooks, messages reference" and "status messages".
 */
import { signatureHeader } from "@/lib/meta/webhook_signature.ts";
import { type ApiAnswer, callApi } from "@/tests/helpers/api_client.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import type { Harness } from "@/tests/helpers/harness.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";

/** A stored event, as far as tests look at it. */
export interface EventRow {
  id: string;
  account_id: string;
  kind: string;
  field: string;
  payload: string;
  state: "pending" | "processed" | "ignored" | "unmatched" | "failed";
  attempts: number;
  error: string | null;
}

type Json = Record<string, unknown>;
/** Whose number something comes for. */
export type Line = Pick<SeededAccount, "phoneNumberId" | "wabaId">;

/** The path of the callbacks that are common to all integrations. */
export const CALLBACK_PATH = "/webhooks/whatsapp";
/** The business number of every line, as webhooks name it. */
export const BUSINESS_NUMBER = "15550100000";

/** The `value` of a change of the field "messages"; `content` is its contacts, messages, statuses … */
export function messagesValue(line: Line, content: Json): Json {
  return {
    messaging_product: "whatsapp",
    metadata: { display_phone_number: BUSINESS_NUMBER, phone_number_id: line.phoneNumberId },
    ...content,
  };
}

/** An entry with one change. */
export function entryOf(line: Line, content: Json): Json {
  return changeOf(line, { field: "messages", value: messagesValue(line, content) });
}

/** An entry with one change of any field. */
export function changeOf(line: Pick<Line, "wabaId">, change: { field: string; value: Json }): Json {
  return { id: line.wabaId, changes: [change] };
}

/** A whole body. */
export function bodyOf(...entries: Json[]): Json {
  return { object: "whatsapp_business_account", entry: entries };
}

/** An item of `statuses[]`; what is not given is as of a message to a phone of the United States, a second ago. */
export function statusItem(status: string, item: { id: string } & Json): Json {
  return {
    status,
    timestamp: String(Math.floor(Date.now() / 1000)),
    recipient_id: "14155550123",
    ...item,
  };
}

/** An item of `statuses[]` for a message that could not be delivered. */
export function failedItem(item: { id: string; errors?: unknown[] } & Json): Json {
  return statusItem("failed", {
    errors: [{
      code: 131047,
      title: "Re-engagement message",
      message: "Re-engagement message",
      error_data: { details: "More than 24 hours have passed since the customer last replied" },
    }],
    ...item,
  });
}

/** An item of `messages[]`: a text unless `type` and its content are given. */
export function messageItem(item: { id: string } & Json): Json {
  return {
    timestamp: String(Math.floor(Date.now() / 1000)),
    ...(item.type === undefined ? { type: "text", text: { body: "Hello" } } : {}),
    ...item,
  };
}

/** An item of `contacts[]`. */
export function contactItem(
  person: { waId?: string; bsuid?: string; name?: string; username?: string },
): Json {
  const { waId, bsuid, name, username } = person;
  return {
    profile: {
      ...(name === undefined ? {} : { name }),
      ...(username === undefined ? {} : { username }),
    },
    ...(waId === undefined ? {} : { wa_id: waId }),
    ...(bsuid === undefined ? {} : { user_id: bsuid }),
  };
}

/** A WhatsApp message id that no other message has. */
export function newWamid(): string {
  return `wamid.${crypto.randomUUID().replaceAll("-", "")}`;
}

/** How a callback is posted otherwise than Meta would. */
export interface CallbackOptions {
  /** The app secret that signs; the header may be given instead. */
  secret?: string;
  /** The header as it is; null leaves it out. */
  signature?: string | null;
  path?: string;
}

/** Posts a body, signed, to the common callback URL unless told otherwise. */
export function postCallback(
  baseUrl: string,
  body: unknown,
  options: CallbackOptions,
): Promise<ApiAnswer> {
  const bytes = toBytes(body);
  const { secret = "", signature = signatureHeader(secret, bytes) } = options;
  return callApi(baseUrl, {
    path: options.path ?? CALLBACK_PATH,
    body: bytes,
    headers: {
      "content-type": "application/json",
      ...(signature === null ? {} : { "x-hub-signature-256": signature }),
    },
  });
}

/** Posts entries as the account's own Meta app; fails unless they were accepted. */
export async function deliver(
  harness: Pick<Harness, "server">,
  account: Pick<SeededAccount, "appSecret">,
  ...entries: Json[]
): Promise<void> {
  const answer = await postCallback(harness.server.baseUrl, bodyOf(...entries), {
    secret: account.appSecret,
  });
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
}

/** Posts the content of one change for the account's number and waits until the server has worked on it. */
export async function deliverContent(
  harness: Pick<Harness, "server" | "query">,
  account: SeededAccount,
  content: Json,
): Promise<EventRow[]> {
  await deliver(harness, account, entryOf(account, content));
  return await settledEvents(harness, account.id);
}

/** The account's events, the oldest first. */
export async function eventRows(
  harness: Pick<Harness, "query">,
  accountId: string,
): Promise<EventRow[]> {
  return await harness.query<EventRow>(
    `select id, account_id, kind, field, payload, state, attempts, error
     from meta_events where account_id = $1 order by id`,
    [accountId],
  );
}

/** The account's events once none of them is pending. */
export function settledEvents(
  harness: Pick<Harness, "query">,
  accountId: string,
): Promise<EventRow[]> {
  return eventually(async () => {
    const rows = await eventRows(harness, accountId);
    return rows.length > 0 && rows.every(({ state }) => state !== "pending") ? rows : null;
  });
}

/**
 * Makes the account's pending events due now, as if their wait were over; but for those that a server is at work on,
 * whose locks come in another order.
 */
export async function endWaits(
  harness: Pick<Harness, "query">,
  accountId: string,
): Promise<void> {
  await harness.query(
    `update meta_events set due_at = now() where account_id = $1 and id in (
       select id from meta_events where account_id = $1 and state = 'pending' for update skip locked
     )`,
    [accountId],
  );
}

/** Writes messages that Meta has taken, each to a contact of its own, with the wamids "wamid.0", "wamid.1" … */
export async function seedSentMessages(
  harness: Pick<Harness, "query">,
  options: { accountId: string; count: number },
): Promise<void> {
  const id = (prefix: string) => `('${prefix}' || lpad(to_hex(i), 24, '0'))::uuid`;
  const columns: Record<string, string> = {
    "contacts (account_id, id, phone)": `${id("0198aaaa")}, '+1415' || (5000000 + i)`,
    "conversations (account_id, id, contact_id)": `${id("0198bbbb")}, ${id("0198aaaa")}`,
    "messages (account_id, id, conversation_id, contact_id, direction, type, status, recipient, wamid)":
      `${id("0198cccc")}, ${id("0198bbbb")}, ${id("0198aaaa")}, 'outbound', 'text', 'sent',
       '+1415' || (5000000 + i), 'wamid.' || i`,
  };
  for (const [table, values] of Object.entries(columns)) {
    await harness.query(
      `insert into ${table} select $1, ${values} from generate_series(0, $2::int - 1) i`,
      [options.accountId, options.count],
    );
  }
}

/** The id of an account's integration, as its callback URL names it. */
export async function integrationIdOf(
  harness: Pick<Harness, "query">,
  accountId: string,
): Promise<string> {
  const [row] = await harness.query<{ id: string }>(
    "select id from whatsapp_integrations where account_id = $1",
    [accountId],
  );
  if (row === undefined) throw new Error("The account has no integration");
  return row.id;
}

function toBytes(body: unknown): Uint8Array<ArrayBuffer> {
  if (body instanceof Uint8Array) return new Uint8Array(body);
  return new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body));
}
