/** Fills an account with contacts and messages, and brings the database to rest before it is measured. */
import type { Sql } from "@/db/connect.ts";

/** At most so many rows a statement, so that none of them holds the disk up for minutes. */
const BATCH = 200_000;

/** Makes so many contacts, each with a conversation, and so many messages among them. */
export async function fill(
  sql: Sql,
  options: { accountId: string; contacts: number; messages: number },
): Promise<void> {
  const { accountId, contacts, messages } = options;
  for (let from = 0; from < contacts; from += BATCH) {
    const to = Math.min(contacts, from + BATCH) - 1;
    await sql`
      insert into contacts (account_id, id, phone, wa_id)
      select ${accountId}, ${idOf(sql, "c0")}, '+1' || (2000000000 + i), '1' || (2000000000 + i)
      from generate_series(${from}::int, ${to}::int) i
    `;
    await sql`
      insert into conversations (account_id, id, contact_id, last_message_text, last_message_at)
      select ${accountId}, ${idOf(sql, "d0")}, ${idOf(sql, "c0")}, 'Hello', now()
      from generate_series(${from}::int, ${to}::int) i
    `;
  }
  for (let from = 0; from < messages; from += BATCH) {
    const to = Math.min(messages, from + BATCH) - 1;
    await sql`
      insert into messages (
        account_id, id, conversation_id, contact_id, direction, type, status, recipient, body, wamid, created_at,
        sent_at
      )
      select
        ${accountId}, ${idOf(sql, "e0")}, ${idOf(sql, "d0", contacts)}, ${
      idOf(sql, "c0", contacts)
    }, 'outbound', 'text', 'sent', '+1' || (2000000000 + i % ${contacts}::int),
        'Your order has been shipped', 'wamid.' || i, now() - (${messages}::int - i) * interval '1 second', now()
      from generate_series(${from}::int, ${to}::int) i
    `;
  }
  // The changes that the triggers have noted are of no time that a page shows.
  await sql`truncate message_changes`;
  await sql`vacuum analyze`;
  await sql`checkpoint`;
}

/** An id of a row of a kind by its number, in the order of the numbers. */
function idOf(sql: Sql, kind: string, modulus?: number) {
  return modulus === undefined
    ? sql`(${`0198${kind}00-0000-7000-8000-`} || lpad(to_hex(i), 12, '0'))::uuid`
    : sql`(${`0198${kind}00-0000-7000-8000-`} || lpad(to_hex(i % ${modulus}::int), 12, '0'))::uuid`;
}
