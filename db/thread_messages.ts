/**
 * The messages of one conversation as the admin pages show them: a page in either direction, and beside it what the
 * page's messages answer and the reactions to them. A reaction to a known message is no row of its own.
 */
import type { Sql } from "@/db/connect.ts";
import type { LogStart } from "@/db/message_log.ts";
import type { MessageRow } from "@/db/messages.ts";

/** A message that another one answers. */
export interface QuotedMessage {
  id: string;
  direction: "inbound" | "outbound";
  type: string;
  /** The beginning of the text. */
  body: string | null;
  template_name: string | null;
  revoked_at: Date | null;
}

/** A reaction; without an emoji it takes an earlier one back. */
export interface Reaction {
  reply_to_message_id: string;
  emoji: string | null;
  direction: "inbound" | "outbound";
}

/** How many messages a page of a thread has. */
export const THREAD_PAGE_SIZE = 50;

/** A page, the newest first, and one more if there are more in the direction of reading. `from` null: the newest. */
export async function listThreadMessages(
  sql: Sql,
  options: { accountId: string; conversationId: string; from: LogStart | null },
): Promise<MessageRow[]> {
  const { accountId, conversationId, from } = options;
  const order = from?.direction === "newer" ? sql`asc` : sql`desc`;
  const rows = await sql<MessageRow[]>`
    select
      id, conversation_id, contact_id, direction, type, status, recipient, sender, body, media_url,
      filename, template, media, content, reply_to_message_id, wamid, error, created_at, sent_at,
      delivered_at, read_at, failed_at, edited_at, revoked_at
    from messages
    where account_id = ${accountId}
      and conversation_id = ${conversationId}
      and (type <> 'reaction' or reply_to_message_id is null)
      ${
    from === null ? sql`` : sql`
      and (created_at, id) ${from.direction === "older" ? sql`<` : sql`>`}
        (${from.position.createdAt}::timestamptz, ${from.position.id}::uuid)`
  }
    order by created_at ${order}, id ${order}
    limit ${THREAD_PAGE_SIZE + 1}
  `;
  return from?.direction === "newer" ? [...rows].reverse() : [...rows];
}

/** The messages of a conversation with these ids. */
export async function listQuotedMessages(
  sql: Sql,
  options: { accountId: string; conversationId: string; ids: string[] },
): Promise<QuotedMessage[]> {
  if (options.ids.length === 0) return [];
  return await sql<QuotedMessage[]>`
    select id, direction, type, left(body, 200) as body, template ->> 'name' as template_name, revoked_at
    from messages
    where account_id = ${options.accountId}
      and id = any (${options.ids}::uuid[])
      and conversation_id = ${options.conversationId}
  `;
}

/** The reactions to messages, the oldest first; of old messages those that came within the next 2,000. */
export async function listReactions(
  sql: Sql,
  options: { accountId: string; conversationId: string; ids: string[]; since: Date },
): Promise<Reaction[]> {
  if (options.ids.length === 0) return [];
  return await sql<Reaction[]>`
    select reply_to_message_id, body as emoji, direction
    from (
      select id, created_at, type, reply_to_message_id, body, direction
      from messages
      where account_id = ${options.accountId}
        and conversation_id = ${options.conversationId}
        -- Meta tells times in whole seconds: a reaction may seem a little older than what it is about.
        and created_at >= ${options.since}::timestamptz - interval '2 seconds'
      order by created_at, id
      limit 2000
    ) as later
    where type = 'reaction' and reply_to_message_id = any (${options.ids}::uuid[])
    order by created_at, id
  `;
}
