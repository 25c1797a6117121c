/**
 * Contacts in the database, as the API reads and writes them. An id that was merged into another stands for that one;
 * erased contacts are not found. Sends find and create contacts by themselves (`begin_sends`), with the same
 * `find_contact` and against the same unique indexes.
 */
import type { Sql } from "@/db/connect.ts";
import { survivingId } from "@/db/aliases.ts";
import { type PageRequest, rowsAfter } from "@/db/page.ts";

/** A row of `contacts`, as far as the API shows it. */
export interface ContactRow {
  id: string;
  phone: string | null;
  wa_id: string | null;
  bsuid: string | null;
  username: string | null;
  name: string | null;
  email: string | null;
  company: string | null;
  created_at: Date;
  updated_at: Date;
}

/** What identifies a person: exactly one of the two is given. */
export interface Identity {
  /** "+" and digits. */
  phone: string | null;
  /** Meta's business-scoped user id. */
  bsuid: string | null;
}

/** What callers may change. */
export interface ContactDetails {
  name: string | null;
  email: string | null;
  company: string | null;
}

// Two calls that create the same contact need two rounds; more means that something is wrong with the rows.
const ROUNDS_MAX = 5;

/** The contact of an account, or null. */
export async function findContact(
  sql: Sql,
  options: { accountId: string; contactId: string },
): Promise<ContactRow | null> {
  const { accountId, contactId } = options;
  const id = survivingId(sql, { table: "contacts", accountId, id: sql`${contactId}::uuid` });
  const [row] = await sql<ContactRow[]>`
    select id, phone, wa_id, bsuid, username, name, email, company, created_at, updated_at
    from contacts
    where account_id = ${accountId} and id = ${id} and erased_at is null
  `;
  return row ?? null;
}

/** The contact that an identity belongs to, whichever way the number is spelt, or null. */
export async function findContactByIdentity(
  sql: Sql,
  options: Identity & { accountId: string },
): Promise<ContactRow | null> {
  const { accountId, phone, bsuid } = options;
  const id = survivingId(sql, {
    table: "contacts",
    accountId,
    id: sql`find_contact(${accountId}, ${phone}, ${bsuid})`,
  });
  const [row] = await sql<ContactRow[]>`
    select id, phone, wa_id, bsuid, username, name, email, company, created_at, updated_at
    from contacts
    where account_id = ${accountId} and id = ${id} and erased_at is null
  `;
  return row ?? null;
}

/** A page of an account's contacts, newest first. */
export async function listContacts(
  sql: Sql,
  options: { accountId: string; page: PageRequest },
): Promise<ContactRow[]> {
  const { accountId, page } = options;
  return await sql<ContactRow[]>`
    select id, phone, wa_id, bsuid, username, name, email, company, created_at, updated_at
    from contacts
    where account_id = ${accountId}
      and merged_into is null
      and erased_at is null
      ${rowsAfter(sql, { after: page.after, table: "contacts" })}
    order by created_at desc, id desc
    limit ${page.limit + 1}
  `;
}

/**
 * Finds the contact of an identity, which stays as it is, or creates it with these details. However many do so at
 * once, one creates and the others find.
 *
 * @param options.id the id that a new contact gets
 */
export async function findOrInsertContact(
  sql: Sql,
  options: Identity & ContactDetails & { accountId: string; id: string },
): Promise<{ contact: ContactRow; created: boolean }> {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const known = await findContactByIdentity(sql, options);
    if (known !== null) return { contact: known, created: false };
    // Waits for another transaction that is about to insert the same identity.
    const [row] = await sql<ContactRow[]>`
      insert into contacts (account_id, id, phone, bsuid, name, email, company)
      values (
        ${options.accountId}, ${options.id}, ${options.phone}, ${options.bsuid}, ${options.name},
        ${options.email}, ${options.company}
      )
      on conflict do nothing
      returning id, phone, wa_id, bsuid, username, name, email, company, created_at, updated_at
    `;
    if (row !== undefined) return { contact: row, created: true };
  }
  throw new Error(
    "A contact can neither be found nor inserted: its identity is held by an erased contact",
  );
}

/** Changes the details that are given and leaves the others. Null: there is no such contact. */
export async function updateContact(
  sql: Sql,
  options: { accountId: string; contactId: string; changes: Partial<ContactDetails> },
): Promise<ContactRow | null> {
  const { accountId, contactId, changes } = options;
  const id = survivingId(sql, { table: "contacts", accountId, id: sql`${contactId}::uuid` });
  const [row] = await sql<ContactRow[]>`
    update contacts
    set name = case when ${"name" in changes} then ${changes.name ?? null} else name end,
      email = case when ${"email" in changes} then ${changes.email ?? null} else email end,
      company = case when ${"company" in changes} then ${changes.company ?? null} else company end,
      updated_at = clock_timestamp()
    where account_id = ${accountId} and id = ${id} and erased_at is null
    returning id, phone, wa_id, bsuid, username, name, email, company, created_at, updated_at
  `;
  return row ?? null;
}
