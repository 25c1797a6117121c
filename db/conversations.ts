/**
 * Conversations in the database, as the API reads them: each with its contact, and with the 24-hour customer service
 * window by the database's clock, which also decides over it when a message is sent. An id that was merged into
 * another stands for that one; conversations of erased contacts are not found.
 */
import type postgres from "postgres";
import type { Sql } from "@/db/connect.ts";
import { survivingId } from "@/db/aliases.ts";
import type { ContactRow, Identity } from "@/db/contacts.ts";
import { type PageRequest, rowsAfter } from "@/db/page.ts";

/** The states of a conversation. */
export type ConversationStatus = "open" | "pending" | "closed";

/** A row of `conversations` with its contact. */
export interface ConversationRow {
  id: string;
  contact_id: string;
  status: ConversationStatus;
  last_message_text: string | null;
  last_message_at: Date | null;
  unread_count: number;
  window_open: boolean;
  /** Null: the contact has never written. */
  window_expires_at: Date | null;
  created_at: Date;
  updated_at: Date;
  contact: ContactRow;
}

type Prefixed<Row> = { [Name in keyof Row & string as `contact_${Name}`]: Row[Name] };

type JoinedRow = Omit<ConversationRow, "contact"> & Prefixed<ContactRow>;

/** The conversation of an account, or null. */
export async function findConversation(
  sql: Sql,
  options: { accountId: string; conversationId: string },
): Promise<ConversationRow | null> {
  const { accountId, conversationId } = options;
  const id = survivingId(sql, {
    table: "conversations",
    accountId,
    id: sql`${conversationId}::uuid`,
  });
  const [row] = await sql<JoinedRow[]>`
    select ${columns(sql)}
    from conversations
    join contacts on contacts.account_id = conversations.account_id and contacts.id = conversations.contact_id
    where conversations.account_id = ${accountId}
      and conversations.id = ${id}
      and contacts.erased_at is null
  `;
  return row === undefined ? null : toConversationRow(row);
}

/** The id of the conversation with the person that an identity belongs to, or null. */
export async function findConversationIdByIdentity(
  sql: Sql,
  options: Identity & { accountId: string },
): Promise<string | null> {
  const { accountId, phone, bsuid } = options;
  const contactId = survivingId(sql, {
    table: "contacts",
    accountId,
    id: sql`find_contact(${accountId}, ${phone}, ${bsuid})`,
  });
  const [row] = await sql<{ id: string }[]>`
    select id from conversations where account_id = ${accountId} and contact_id = ${contactId}
  `;
  return row?.id ?? null;
}

/** A page of an account's conversations, newest first. Filters that are null are not applied. */
export async function listConversations(
  sql: Sql,
  options: {
    accountId: string;
    status: ConversationStatus | null;
    contactId: string | null;
    page: PageRequest;
  },
): Promise<ConversationRow[]> {
  const { accountId, status, contactId, page } = options;
  const contact = sql`${contactId}::uuid`;
  const rows = await sql<JoinedRow[]>`
    select ${columns(sql)}
    from conversations
    join contacts on contacts.account_id = conversations.account_id and contacts.id = conversations.contact_id
    where conversations.account_id = ${accountId}
      and conversations.merged_into is null
      and contacts.erased_at is null
      ${status === null ? sql`` : sql`and conversations.status = ${status}`}
      ${
    contactId === null ? sql`` : sql`
      and conversations.contact_id = ${
      survivingId(sql, { table: "contacts", accountId, id: contact })
    }`
  }
      ${rowsAfter(sql, { after: page.after, table: "conversations" })}
    order by conversations.created_at desc, conversations.id desc
    limit ${page.limit + 1}
  `;
  return rows.map(toConversationRow);
}

function columns(sql: Sql): postgres.Fragment {
  return sql`
    conversations.id, conversations.contact_id, conversations.status, conversations.last_message_text,
    conversations.last_message_at, conversations.unread_count, conversations.created_at, conversations.updated_at,
    coalesce(conversations.last_inbound_at > clock_timestamp() - interval '24 hours', false) as window_open,
    conversations.last_inbound_at + interval '24 hours' as window_expires_at,
    contacts.phone as contact_phone, contacts.wa_id as contact_wa_id, contacts.bsuid as contact_bsuid,
    contacts.username as contact_username, contacts.name as contact_name, contacts.email as contact_email,
    contacts.company as contact_company, contacts.created_at as contact_created_at,
    contacts.updated_at as contact_updated_at
  `;
}

function toConversationRow(row: JoinedRow): ConversationRow {
  return {
    id: row.id,
    contact_id: row.contact_id,
    status: row.status,
    last_message_text: row.last_message_text,
    last_message_at: row.last_message_at,
    unread_count: row.unread_count,
    window_open: row.window_open,
    window_expires_at: row.window_expires_at,
    created_at: row.created_at,
    updated_at: row.updated_at,
    contact: {
      id: row.contact_id,
      phone: row.contact_phone,
      wa_id: row.contact_wa_id,
      bsuid: row.contact_bsuid,
      username: row.contact_username,
      name: row.contact_name,
      email: row.contact_email,
      company: row.contact_company,
      created_at: row.contact_created_at,
      updated_at: row.contact_updated_at,
    },
  };
}
