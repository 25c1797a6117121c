/**
 * Lists of messages, newest first. The conditions on rare values are written out, not passed as parameters: only so
 * can Postgres see, also in a plan that it keeps for all values, that a partial index has all that is asked for
 * (db/migrations/0004_read_api.sql).
 */
import type postgres from "postgres";
import type { Sql } from "@/db/connect.ts";
import type { MessageRow, MessageStatus } from "@/db/messages.ts";
import { type PageRequest, rowsAfter } from "@/db/page.ts";

/** Which messages of an account are wanted; what is null is not asked for. */
export interface MessageFilter {
  conversationId: string | null;
  direction: "inbound" | "outbound" | null;
  status: MessageStatus | null;
  /** Times with an offset, as Postgres reads them; both are exclusive. */
  createdAfter: string | null;
  createdBefore: string | null;
}

/** The filter that leaves nothing out. */
export const ALL_MESSAGES: MessageFilter = {
  conversationId: null,
  direction: null,
  status: null,
  createdAfter: null,
  createdBefore: null,
};

/** A page of an account's messages. */
export async function listMessages(
  sql: Sql,
  options: { accountId: string; filter: MessageFilter; page: PageRequest },
): Promise<MessageRow[]> {
  const { accountId, filter, page } = options;
  return await sql<MessageRow[]>`
    select
      id, conversation_id, contact_id, direction, type, status, recipient, sender, body, media_url,
      filename, template, media, content, reply_to_message_id, wamid, error, created_at, sent_at,
      delivered_at, read_at, failed_at, edited_at, revoked_at
    from messages
    where account_id = ${accountId}
      ${conditions(sql, filter)}
      ${rowsAfter(sql, { after: page.after, table: "messages" })}
    order by created_at desc, id desc
    limit ${page.limit + 1}
  `;
}

function conditions(sql: Sql, filter: MessageFilter): postgres.Fragment[] {
  const { conversationId, direction, status, createdAfter, createdBefore } = filter;
  return [
    conversationId === null ? sql`` : sql`and conversation_id = ${conversationId}`,
    direction === null ? sql`` : directionCondition(sql, direction),
    status === null ? sql`` : statusCondition(sql, status),
    // By way of text: the driver would make a date of the parameter and lose its microseconds.
    createdAfter === null ? sql`` : sql`and created_at > ${createdAfter}::text::timestamptz`,
    createdBefore === null ? sql`` : sql`and created_at < ${createdBefore}::text::timestamptz`,
  ];
}

function directionCondition(sql: Sql, direction: "inbound" | "outbound"): postgres.Fragment {
  return direction === "inbound" ? sql`and direction = 'inbound'` : sql`and direction = 'outbound'`;
}

function statusCondition(sql: Sql, status: MessageStatus): postgres.Fragment {
  if (status === "unknown" || status === "failed") {
    return sql`and status = ${status} and status in ('unknown', 'failed')`;
  }
  return sql`and status = ${status}`;
}
