/**
 * Messages in the database. The two statements of a send are SQL functions (begin_send in db/migrations/ 0014, finish_send
 * in 0015), so that each is one round trip and one transaction; here are their typed calls, the look-up by id and the sweep.
 */
import postgres from "postgres";
import type { Sql } from "@/db/connect.ts";

/** The states of a message; see lib/messages/status.ts for their order. */
export type MessageStatus =
  | "pending"
  | "unknown"
  | "sent"
  | "failed"
  | "delivered"
  | "read"
  | "received";

/** What a failed message says of its failure. */
export interface StoredMessageError {
  code: number | null;
  title: string | null;
  message: string;
  hint: string;
}

/** A row of `messages`, as far as the API shows it. */
export interface MessageRow {
  id: string;
  conversation_id: string;
  contact_id: string;
  direction: "inbound" | "outbound";
  type: string;
  status: MessageStatus;
  recipient: string;
  sender: string | null;
  body: string | null;
  media_url: string | null;
  filename: string | null;
  template: unknown;
  media: { id: string; mime_type: string; filename: string | null; voice: boolean | null } | null;
  content: unknown;
  reply_to_message_id: string | null;
  wamid: string | null;
  error: StoredMessageError | null;
  created_at: Date;
  sent_at: Date | null;
  delivered_at: Date | null;
  read_at: Date | null;
  failed_at: Date | null;
  edited_at: Date | null;
  revoked_at: Date | null;
}

/** What `beginSend` needs. Exactly one of `phone` and `bsuid` is given; the ids are new ones of the caller's. */
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

/** What `beginSend` found or did. */
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
  outcome: "created" | "key_refused" | "replayed" | "in_progress" | "outcome_unknown" | "mismatch";
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

// Raised by begin_send so that nothing of a refused send stays behind.
const REFUSALS = new Map(
  [
    ["WA001", "not_configured"],
    ["WA002", "reply_not_found"],
    ["WA003", "reply_without_wamid"],
  ] as const,
);

/** Reserves the idempotency key, finds or creates contact and conversation, and inserts the message as pending. */
export async function beginSend(sql: Sql, input: BeginSend): Promise<BegunSend> {
  let row: BeginRow | undefined;
  try {
    [row] = await sql<BeginRow[]>`
      select * from begin_send(
        ${input.accountId}, ${input.messageId}, ${input.contactId}, ${input.conversationId},
        ${input.phone}, ${input.bsuid}, ${input.name}, ${input.type}, ${input.body},
        ${input.mediaUrl}, ${input.filename},
        ${input.template === null ? null : sql.json(input.template as postgres.JSONValue)},
        ${input.preview}, ${input.replyToMessageId}, ${input.endpoint},
        ${input.idempotency?.key ?? null}, ${input.idempotency?.fingerprint ?? null},
        ${input.leaseMs}, ${input.apiKeyId}, ${input.requestId}, ${input.keyHash}
      )
    `;
  } catch (error) {
    const refusal = error instanceof postgres.PostgresError
      ? REFUSALS.get(error.code as "WA001")
      : undefined;
    if (refusal !== undefined) return { outcome: refusal };
    throw error;
  }
  if (row === undefined) throw new Error("begin_send returned no row");
  return toBegunSend(row);
}

function toBegunSend(row: BeginRow): BegunSend {
  if (row.outcome === "key_refused") return { outcome: row.outcome };
  const ids: SendIds = {
    messageId: row.message_id,
    conversationId: row.conversation_id,
    contactId: row.contact_id,
    contactCreated: row.contact_created,
  };
  if (row.outcome === "created") {
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
  }
  if (row.outcome === "replayed") {
    if (row.wamid === null) throw new Error("begin_send replayed a message without a wamid");
    return { ...ids, outcome: row.outcome, wamid: row.wamid };
  }
  return { outcome: row.outcome, messageId: row.message_id };
}

/** What became of a send; see `finish_send`. */
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

/** The row after `finishSend`: another writer may have known more. */
export interface FinishedSend {
  status: MessageStatus;
  wamid: string | null;
  /** Meta's identity belongs to another contact of the account and was left out. */
  identityTaken: boolean;
}

/** Stores what became of a send. May be repeated. Null: there is no such message. */
export async function finishSend(sql: Sql, input: FinishSend): Promise<FinishedSend | null> {
  const [row] = await sql<
    { status: MessageStatus; wamid: string | null; identity_taken: boolean }[]
  >`
    select * from finish_send(
      ${input.accountId}, ${input.messageId}, ${input.endpoint}, ${input.status}, ${input.wamid},
      ${input.error === null ? null : sql.json({ ...input.error })}, ${input.waId}, ${input.bsuid},
      ${input.tokenFailed}
    )
  `;
  if (row === undefined) return null;
  return { status: row.status, wamid: row.wamid, identityTaken: row.identity_taken };
}

/** The message of an account, or null. */
export async function findMessage(
  sql: Sql,
  options: { accountId: string; messageId: string },
): Promise<MessageRow | null> {
  const [row] = await sql<MessageRow[]>`
    select
      id, conversation_id, contact_id, direction, type, status, recipient, sender, body, media_url,
      filename, template, media, content, reply_to_message_id, wamid, error, created_at, sent_at,
      delivered_at, read_at, failed_at, edited_at, revoked_at
    from messages
    where account_id = ${options.accountId} and id = ${options.messageId}
  `;
  return row ?? null;
}

/**
 * Makes messages whose lease has ended `unknown`: the process that sent them died or lost its database, and only
 * Meta knows whether they were taken. Their idempotency keys stay reserved.
 *
 * @param options.error what the rows then say
 * @param options.all also those whose lease has not ended: only when no other process can be sending
 * @returns how many were changed, at most `limit`
 */
export async function sweepPending(
  sql: Sql,
  options: { limit: number; all: boolean; error: StoredMessageError },
): Promise<number> {
  const result = await sql`
    update messages
    set status = later_message_status(status, 'unknown'),
      error = ${sql.json({ ...options.error })},
      lease_until = null
    where (account_id, id) in (
      select account_id, id
      from messages
      where status = 'pending' and (${options.all} or lease_until < clock_timestamp())
      order by lease_until
      limit ${options.limit}
      for update skip locked
    )
  `;
  return result.count;
}

/**
 * Deletes idempotency keys that are older than the 24 hours they hold, at most `limit` of them. By their order, or the
 * database reads the whole table for a few whenever its statistics are a day behind.
 */
export async function deleteExpiredIdempotencyKeys(
  sql: Sql,
  options: { limit: number },
): Promise<number> {
  const result = await sql`
    delete from idempotency_keys
    where ctid in (
      select ctid
      from idempotency_keys
      where created_at <= now() - interval '24 hours'
      order by created_at
      limit ${options.limit}
      for update skip locked
    )
  `;
  return result.count;
}
