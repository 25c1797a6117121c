/** Messages in the database: what a row is, the look-up by id and the sweep. How one is sent is in db/sends.ts. */
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

/** What a template message was sent with. */
export interface StoredTemplate {
  name: string;
  language: string;
  /** Values of the body, or of all components by their names. */
  params?: string[] | Record<string, unknown>;
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
  template: StoredTemplate | null;
  media: { id: string; mime_type: string; filename: string | null; voice: boolean | null } | null;
  /** Meta's own object, for kinds without a field. */
  content: Record<string, unknown> | null;
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
