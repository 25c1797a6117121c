/**
 * Conversations by their last activity, for the admin pages. No index has last_message_at, because every send changes
 * it. Instead the account's messages are walked, the newest first, and each is kept that is its conversation's last
 * one: so every conversation comes once, at its place. The walk has a bounded depth and says where it stopped.
 */
import type postgres from "postgres";
import type { Sql } from "@/db/connect.ts";
import type { ConversationStatus } from "@/db/conversations.ts";
import { type PageRequest, type Position, rowsAfter } from "@/db/page.ts";

/** A conversation with what a list shows of its contact. */
export interface ListedConversation {
  id: string;
  status: ConversationStatus;
  last_message_text: string | null;
  last_message_at: Date;
  unread_count: number;
  window_open: boolean;
  contact_name: string | null;
  contact_phone: string | null;
  contact_username: string | null;
  contact_bsuid: string | null;
  /** The place of this row in the list. */
  place_id: string;
}

/** A page of the list. */
export interface ConversationPage {
  /** One more than the limit if another page follows. */
  rows: ListedConversation[];
  /** Set when the walk ended before it had seen everything: go on from here. */
  searchedTo: Position | null;
}

// So many of one state are sorted at once; more are walked.
const SORTED_MAX = 1000;

/** Which conversations are wanted: of a state, those with unread messages, or (null) all. */
export type ConversationChoice = ConversationStatus | "unread" | null;

type Options = { accountId: string; choice: ConversationChoice; page: PageRequest };

/** A page of an account's conversations, those with the latest message first. */
export async function listConversationsByActivity(
  sql: Sql,
  options: Options,
): Promise<ConversationPage> {
  const { accountId, choice } = options;
  // Almost all are open. The other states are set by people, mostly on few, which may be anywhere in a walk.
  if (
    (choice === "pending" || choice === "closed") &&
    await areFew(sql, { accountId, status: choice })
  ) {
    return { rows: await sortFew(sql, { ...options, status: choice }), searchedTo: null };
  }
  const rows = await walk(sql, options);
  const isWhole = rows.length > options.page.limit;
  return { rows: dropRepeated(rows), searchedTo: isWhole ? null : await findDeepest(sql, options) };
}

async function areFew(
  sql: Sql,
  { accountId, status }: { accountId: string; status: ConversationStatus },
): Promise<boolean> {
  const [row] = await sql<{ found: number }[]>`
    select count(*)::int as found
    from (
      select from conversations
      where account_id = ${accountId} and status = ${status} and merged_into is null
      limit ${SORTED_MAX + 1}
    ) as counted
  `;
  return (row?.found ?? 0) <= SORTED_MAX;
}

async function sortFew(
  sql: Sql,
  options: Options & { status: ConversationStatus },
): Promise<ListedConversation[]> {
  const { accountId, status, page: { after, limit } } = options;
  return await sql<ListedConversation[]>`
    select ${columns(sql)}, c.id as place_id
    from conversations as c
    join contacts on contacts.account_id = c.account_id and contacts.id = c.contact_id
    where c.account_id = ${accountId}
      and c.status = ${status}
      and c.merged_into is null
      and c.last_message_at is not null
      and contacts.erased_at is null
      ${
    after === null ? sql`` : sql`
      and (c.last_message_at, c.id) < (${after.createdAt}::timestamptz, ${after.id}::uuid)`
  }
    order by c.last_message_at desc, c.id desc
    limit ${limit + 1}
  `;
}

async function walk(
  sql: Sql,
  { accountId, choice, page }: Options,
): Promise<ListedConversation[]> {
  const status = choice === "unread" ? null : choice;
  return [
    ...await sql<ListedConversation[]>`
      select ${columns(sql)}, walked.id as place_id
      from (
        select id, conversation_id, created_at
        from messages
        where account_id = ${accountId}
          ${walked(sql, choice)}
          ${rowsAfter(sql, { after: page.after, table: "messages" })}
        order by created_at desc, id desc
        limit 10000
      ) as walked
      -- With a limit, so that each is looked up by itself and the walk ends with the page.
      cross join lateral (
        select *
        from conversations
        where account_id = ${accountId}
          and id = walked.conversation_id
          and last_message_at = walked.created_at
          ${status === null ? sql`` : sql`and status = ${status}`}
          ${choice === "unread" ? sql`and unread_count > 0` : sql``}
        limit 1
      ) as c
      cross join lateral (
        select name, profile_name, phone, wa_id, username, bsuid
        from contacts
        where account_id = ${accountId} and id = c.contact_id and erased_at is null
        limit 1
      ) as contacts
      order by walked.created_at desc, walked.id desc
      limit ${page.limit + 1}
    `,
  ];
}

/** The last message that a walk can have seen; null if it has seen all there are. */
async function findDeepest(
  sql: Sql,
  { accountId, choice, page }: Options,
): Promise<Position | null> {
  const [row] = await sql<{ id: string; created_at: Date }[]>`
    select id, created_at
    from messages
    where account_id = ${accountId}
      ${walked(sql, choice)}
      ${rowsAfter(sql, { after: page.after, table: "messages" })}
    order by created_at desc, id desc
    offset 9999
    limit 1
  `;
  return row === undefined ? null : { createdAt: row.created_at, id: row.id };
}

/** A message to a person leaves nothing unread, so where something is, the last message is an inbound one. */
function walked(sql: Sql, choice: ConversationChoice): postgres.Fragment {
  return choice === "unread" ? sql`and direction = 'inbound'` : sql``;
}

/** Two messages of a conversation may have the same millisecond. */
function dropRepeated(rows: ListedConversation[]): ListedConversation[] {
  return [...new Map(rows.map((row) => [row.id, row])).values()];
}

function columns(sql: Sql): postgres.Fragment {
  return sql`
    c.id, c.status, c.last_message_text, c.last_message_at, c.unread_count,
    coalesce(c.last_inbound_at > clock_timestamp() - interval '24 hours', false) as window_open,
    coalesce(contacts.name, contacts.profile_name) as contact_name,
    coalesce(contacts.phone, '+' || contacts.wa_id) as contact_phone,
    contacts.username as contact_username, contacts.bsuid as contact_bsuid
  `;
}
