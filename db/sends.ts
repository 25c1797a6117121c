/**
 * The two statements of a send, each for any number of sends at once: SQL functions (begin_sends and finish_sends in
 * db/migrations/0016_begin_sends.sql), so that each is one round trip and one transaction. Each send is judged by
 * itself; but an error of the database is one of all of them, and then nothing of any was stored.
 */
import type postgres from "postgres";
import type { Sql } from "@/db/connect.ts";
import type { MessageStatus, StoredMessageError } from "@/db/messages.ts";

/** How both are run. */
export interface SendStatementOptions {
  /** How long they may wait for a row that somebody else holds; null: as long as it takes. */
  lockTimeoutMs: number | null;
}

/** What a send needs at first. Exactly one of `phone` and `bsuid` is given; the ids are new ones of the caller's. */
export interface BeginSend {
  accountId: string;
  messageId: string;
  contactId: string;
  conversationId: string;
  phone: string | null;
  bsuid: string | null;
  name: string | null;
  type: string;
  body: string | null;
  mediaUrl: string | null;
  filename: string | null;
  template: object | null;
  /** What the conversation shows as its last message. */
  preview: string;
  replyToMessageId: string | null;
  endpoint: string;
  idempotency: { key: string; fingerprint: Uint8Array } | null;
  leaseMs: number;
  apiKeyId: string | null;
  requestId: string;
  /** The SHA-256 of the API key, to be checked here as well: usable, without a rate limit, with the scope to send. */
  keyHash: Uint8Array | null;
}

/** The ids that a send answers with. */
export interface SendIds {
  messageId: string;
  conversationId: string;
  contactId: string;
  contactCreated: boolean;
}

/** What was found or done at first. */
export type BegunSend =
  | (SendIds & {
    outcome: "created";
    replyWamid: string | null;
    integrationId: string;
    phoneNumberId: string;
    /** Encrypted. */
    accessToken: string;
    /** Meta refused the token the last time. */
    tokenFailed: boolean;
    /** The identities that are known of the contact. */
    waId: string | null;
    bsuid: string | null;
    /** Whether the contact wrote within the last 24 hours. */
    windowOpen: boolean;
  })
  | (SendIds & { outcome: "replayed"; wamid: string })
  | { outcome: "in_progress" | "outcome_unknown" | "mismatch"; messageId: string }
  | { outcome: "key_refused" }
  | { outcome: "not_configured" | "reply_not_found" | "reply_without_wamid" };

interface BeginRow {
  item: number;
  outcome: BegunSend["outcome"];
  message_id: string;
  conversation_id: string;
  contact_id: string;
  contact_created: boolean;
  wamid: string | null;
  reply_wamid: string | null;
  integration_id: string;
  phone_number_id: string;
  access_token: string;
  token_failed: boolean;
  wa_id: string | null;
  bsuid: string | null;
  window_open: boolean;
}

/**
 * For each of them: reserves the idempotency key, finds or creates contact and conversation, and inserts the message as
 * pending. What is refused leaves nothing behind.
 *
 * @returns an outcome for each, in their order
 */
export async function beginSends(
  sql: Sql,
  inputs: readonly BeginSend[],
  options: SendStatementOptions,
): Promise<BegunSend[]> {
  const sends = inputs.map((input, item) => ({
    item,
    account_id: input.accountId,
    message_id: input.messageId,
    contact_id: input.contactId,
    conversation_id: input.conversationId,
    phone: input.phone,
    bsuid: input.bsuid,
    name: input.name,
    type: input.type,
    body: input.body,
    media_url: input.mediaUrl,
    filename: input.filename,
    template: input.template,
    preview: input.preview,
    reply_to_message_id: input.replyToMessageId,
    endpoint: input.endpoint,
    idempotency_key: input.idempotency?.key ?? null,
    fingerprint: input.idempotency?.fingerprint.toHex() ?? null,
    lease_ms: input.leaseMs,
    api_key_id: input.apiKeyId,
    request_id: input.requestId,
    key_hash: input.keyHash?.toHex() ?? null,
  }));
  const rows = await sql<BeginRow[]>`
    select * from begin_sends(${sql.json(sends as postgres.JSONValue)}, ${options.lockTimeoutMs})
  `;
  const begun = inOrder(rows, inputs.length, toBegunSend);
  return begun.map((one) => {
    if (one === null) throw new Error("begin_sends left one out");
    return one;
  });
}

function toBegunSend(row: BeginRow): BegunSend {
  const ids: SendIds = {
    messageId: row.message_id,
    conversationId: row.conversation_id,
    contactId: row.contact_id,
    contactCreated: row.contact_created,
  };
  switch (row.outcome) {
    case "created":
      return {
        ...ids,
        outcome: row.outcome,
        replyWamid: row.reply_wamid,
        integrationId: row.integration_id,
        phoneNumberId: row.phone_number_id,
        accessToken: row.access_token,
        tokenFailed: row.token_failed,
        waId: row.wa_id,
        bsuid: row.bsuid,
        windowOpen: row.window_open,
      };
    case "replayed":
      if (row.wamid === null) throw new Error("begin_sends replayed a message without a wamid");
      return { ...ids, outcome: row.outcome, wamid: row.wamid };
    case "in_progress":
    case "outcome_unknown":
    case "mismatch":
      return { outcome: row.outcome, messageId: row.message_id };
    default:
      return { outcome: row.outcome };
  }
}

/** What became of a send. */
export interface FinishSend {
  accountId: string;
  messageId: string;
  endpoint: string;
  status: "sent" | "failed" | "unknown";
  wamid: string | null;
  error: StoredMessageError | null;
  /** Meta's identities of the contact, as far as they are news. */
  waId: string | null;
  bsuid: string | null;
  /** Meta refused the token before, so that a success is news. */
  tokenFailed: boolean;
}

/** The row afterwards: another writer may have known more. */
export interface FinishedSend {
  status: MessageStatus;
  wamid: string | null;
  /** Meta's identity belongs to another contact of the account and was left out. */
  identityTaken: boolean;
}

interface FinishRow {
  item: number;
  status: MessageStatus;
  wamid: string | null;
  identity_taken: boolean;
}

/**
 * Stores what became of them. May be repeated.
 *
 * @returns the row of each, in their order; null: there is no such message
 */
export async function finishSends(
  sql: Sql,
  inputs: readonly FinishSend[],
  options: SendStatementOptions,
): Promise<(FinishedSend | null)[]> {
  const sends = inputs.map((input, item) => ({
    item,
    account_id: input.accountId,
    message_id: input.messageId,
    endpoint: input.endpoint,
    status: input.status,
    wamid: input.wamid,
    error: input.error,
    wa_id: input.waId,
    bsuid: input.bsuid,
    token_failed: input.tokenFailed,
  }));
  const rows = await sql<FinishRow[]>`
    select * from finish_sends(
      ${sql.json(sends as unknown as postgres.JSONValue)}, ${options.lockTimeoutMs}
    )
  `;
  return inOrder(rows, inputs.length, (row) => ({
    status: row.status,
    wamid: row.wamid,
    identityTaken: row.identity_taken,
  }));
}

function inOrder<Row extends { item: number }, Result>(
  rows: Row[],
  count: number,
  toResult: (row: Row) => Result,
): (Result | null)[] {
  const results: (Result | null)[] = Array.from({ length: count }, () => null);
  for (const row of rows) results[row.item] = toResult(row);
  return results;
}
