/**
 * The message log of the admin pages: fifty messages by any choice of status, type, direction, number, dates and error
 * code, as quick among a million rows as among a thousand. A choice of kinds is a choice of ranges of one index
 * (db/migrations/0011_changes_and_rollups.sql); a page is merged from the first rows of each range. A number's messages
 * are those of its conversation, read to a bounded depth when there is more to choose by.
 */
import type postgres from "postgres";
import type { Sql } from "@/db/connect.ts";
import type { MessageStatus } from "@/db/messages.ts";
import type { Position } from "@/db/page.ts";

/** Which messages are wanted; what is null is not asked for. */
export interface MessageLogFilter {
  conversationId: string | null;
  direction: "inbound" | "outbound" | null;
  status: MessageStatus | null;
  type: string | null;
  /** Meta's error code. */
  errorCode: number | null;
  /** Those created at this time or later. */
  createdFrom: Date | null;
  /** Those created before this time. */
  createdBefore: Date | null;
}

/** Where a page begins: the rows older, or newer, than a position. */
export interface LogStart {
  direction: "older" | "newer";
  position: Position;
}

/** A row of the log. */
export interface MessageLogRow {
  id: string;
  conversation_id: string;
  direction: "inbound" | "outbound";
  type: string;
  status: MessageStatus;
  recipient: string;
  sender: string | null;
  contact_name: string | null;
  /** The beginning of the text. */
  body: string | null;
  filename: string | null;
  template_name: string | null;
  error_code: number | null;
  error_title: string | null;
  revoked_at: Date | null;
  created_at: Date;
}

/** A page of the log. */
export interface MessageLogPage {
  /** The newest first; one more than a page has if there are more in the direction of reading. */
  rows: MessageLogRow[];
  /** Set when the search ended before it had seen everything: go on from here. */
  searchedTo: Position | null;
}

/** How many messages a page has. */
export const LOG_PAGE_SIZE = 50;
// Both are written into the statements: a plan for any limit would be another one than for these.
const FIRST_ROWS = "limit 51";
const DEEPEST_ROW = "offset 9999 limit 1";

/** A page of an account's messages; `from` null is the newest page. */
export async function listMessageLog(
  sql: Sql,
  options: { accountId: string; filter: MessageLogFilter; from: LogStart | null },
): Promise<MessageLogPage> {
  const { filter } = options;
  const order = orderOf(sql, options.from);
  const rows = await sql<MessageLogRow[]>`
    select
      m.id, m.conversation_id, m.direction, m.type, m.status, m.recipient, m.sender,
      coalesce(c.name, c.profile_name) as contact_name, left(m.body, 200) as body,
      coalesce(m.filename, m.media ->> 'filename') as filename, m.template ->> 'name' as template_name,
      (m.error ->> 'code')::int as error_code, m.error ->> 'title' as error_title, m.revoked_at, m.created_at
    from (${findIds(sql, options)}) as found
    join messages as m on m.account_id = ${options.accountId} and m.id = found.id
    left join contacts as c on c.account_id = m.account_id and c.id = m.contact_id
    order by found.created_at ${order}, found.id ${order}
  `;
  const searchedTo = rows.length <= LOG_PAGE_SIZE && filter.conversationId !== null
    ? await findDeepest(sql, options)
    : null;
  const page = [...rows];
  return { rows: options.from?.direction === "newer" ? page.reverse() : page, searchedTo };
}

type Search = { accountId: string; filter: MessageLogFilter; from: LogStart | null };

function findIds(sql: Sql, search: Search): postgres.Fragment {
  const { filter } = search;
  if (filter.conversationId !== null) return findInConversation(sql, search);
  const byKind = filter.status !== null || filter.type !== null || filter.direction !== null ||
    filter.errorCode !== null;
  return byKind ? findByKind(sql, search) : findAny(sql, search);
}

/** Without a choice of kinds, all messages are one range. */
function findAny(sql: Sql, search: Search): postgres.Fragment {
  const order = orderOf(sql, search.from);
  return sql`
    select id, created_at
    from messages
    where account_id = ${search.accountId} ${inReach(sql, search)}
    order by created_at ${order}, id ${order}
    ${sql.unsafe(FIRST_ROWS)}
  `;
}

/** The kinds (pairs of status and type) that there are, the first rows of each, and of those the first. */
function findByKind(sql: Sql, search: Search): postgres.Fragment {
  const { accountId, filter } = search;
  const order = orderOf(sql, search.from);
  const code = filter.errorCode === null ? null : String(filter.errorCode);
  const failed = code === null
    ? sql``
    : sql`and error is not null and error ->> 'code' = ${code}::text`;
  return sql`
    select entry.id, entry.created_at
    from (
      with recursive kinds as (
        (
          select status, type
          from messages
          where account_id = ${accountId} ${failed}
          order by status, type
          limit 1
        )
        union all
        -- From kind to kind: one look into the index for each, however many rows it has.
        select next.status, next.type
        from kinds
        cross join lateral (
          select status, type
          from messages
          where account_id = ${accountId} ${failed} and (status, type) > (kinds.status, kinds.type)
          order by status, type
          limit 1
        ) as next
      )
      select status, type
      from kinds
      where true
        ${filter.status === null ? sql`` : sql`and status = ${filter.status}`}
        ${filter.type === null ? sql`` : sql`and type = ${filter.type}`}
        ${directionCondition(sql, filter.direction)}
    ) as kind
    cross join lateral (
      select id, created_at
      from messages
      where account_id = ${accountId} ${failed} and status = kind.status and type = kind.type
        ${inReach(sql, search)}
      order by created_at ${order}, id ${order}
      ${sql.unsafe(FIRST_ROWS)}
    ) as entry
    order by entry.created_at ${order}, entry.id ${order}
    ${sql.unsafe(FIRST_ROWS)}
  `;
}

/** "received" is the one status of inbound messages, and theirs alone. */
function directionCondition(
  sql: Sql,
  direction: MessageLogFilter["direction"],
): postgres.Fragment {
  if (direction === null) return sql``;
  return direction === "inbound" ? sql`and status = 'received'` : sql`and status <> 'received'`;
}

function findInConversation(sql: Sql, search: Search): postgres.Fragment {
  const { filter } = search;
  const order = orderOf(sql, search.from);
  return sql`
    select id, created_at
    from (
      select id, created_at, direction, status, type, error
      from messages
      where account_id = ${search.accountId} and conversation_id = ${filter.conversationId}
        ${inReach(sql, search)}
      order by created_at ${order}, id ${order}
      limit 10000
    ) as scanned
    where true
      ${filter.direction === null ? sql`` : sql`and direction = ${filter.direction}`}
      ${filter.status === null ? sql`` : sql`and status = ${filter.status}`}
      ${filter.type === null ? sql`` : sql`and type = ${filter.type}`}
      ${
    filter.errorCode === null
      ? sql``
      : sql`and error ->> 'code' = ${String(filter.errorCode)}::text`
  }
    order by created_at ${order}, id ${order}
    ${sql.unsafe(FIRST_ROWS)}
  `;
}

/** The last row that `findInConversation` can have read; null if it has read all there are. */
async function findDeepest(sql: Sql, search: Search): Promise<Position | null> {
  const order = orderOf(sql, search.from);
  const [row] = await sql<{ id: string; created_at: Date }[]>`
    select id, created_at
    from messages
    where account_id = ${search.accountId} and conversation_id = ${search.filter.conversationId}
      ${inReach(sql, search)}
    order by created_at ${order}, id ${order}
    ${sql.unsafe(DEEPEST_ROW)}
  `;
  return row === undefined ? null : { createdAt: row.created_at, id: row.id };
}

/** The dates, and where the page begins. */
function inReach(sql: Sql, { filter, from }: Search): postgres.Fragment[] {
  return [
    filter.createdFrom === null ? sql`` : sql`and created_at >= ${filter.createdFrom}`,
    filter.createdBefore === null ? sql`` : sql`and created_at < ${filter.createdBefore}`,
    from === null ? sql`` : sql`
      and (created_at, id) ${from.direction === "older" ? sql`<` : sql`>`}
        (${from.position.createdAt}::timestamptz, ${from.position.id}::uuid)
    `,
  ];
}

function orderOf(sql: Sql, from: LogStart | null): postgres.Fragment {
  return from?.direction === "newer" ? sql`asc` : sql`desc`;
}
