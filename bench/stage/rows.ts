/** Fills an account with contacts and messages, and brings the database to rest before it is measured. */
import type { Stage } from "@/bench/stage/stage.ts";

/** At most so many rows a statement, so that none of them holds the disk up for minutes. */
const BATCH = 200_000;

const CONTACTS = `
  insert into contacts (account_id, id, phone, wa_id)
  select $1, ${idOf("c0", "i")}, '+1' || (2000000000 + i), '1' || (2000000000 + i)
  from generate_series($2::int, $3::int) i`;

const CONVERSATIONS = `
  insert into conversations (account_id, id, contact_id, last_message_text, last_message_at)
  select $1, ${idOf("d0", "i")}, ${idOf("c0", "i")}, 'Hello', now()
  from generate_series($2::int, $3::int) i`;

/** $4: how many contacts, $5: how many messages. */
const MESSAGES = `
  insert into messages (
    account_id, id, conversation_id, contact_id, direction, type, status, recipient, body, wamid, created_at, sent_at
  )
  select
    $1, ${idOf("e0", "i")}, ${idOf("d0", "i % $4::int")}, ${idOf("c0", "i % $4::int")},
    'outbound', 'text', 'sent', '+1' || (2000000000 + i % $4::int), 'Your order has been shipped', 'wamid.' || i,
    now() - ($5::int - i) * interval '1 second', now()
  from generate_series($2::int, $3::int) i`;

/** Makes so many contacts, each with a conversation, and so many messages among them. */
export async function fill(
  { account, query }: Pick<Stage, "account" | "query">,
  { contacts, messages }: { contacts: number; messages: number },
): Promise<void> {
  // Without the checks of references and the triggers, row by row, which take several times as long as all the rest.
  await query("set session_replication_role = 'replica'");
  for (const [from, to] of batches(contacts)) {
    await query(CONTACTS, [account.id, from, to]);
    await query(CONVERSATIONS, [account.id, from, to]);
  }
  for (const [from, to] of batches(messages)) {
    await query(MESSAGES, [account.id, from, to, contacts, messages]);
  }
  await query("set session_replication_role = 'origin'");
  await query("vacuum analyze");
  await query("checkpoint");
}

function batches(count: number): [from: number, to: number][] {
  const all: [number, number][] = [];
  for (let from = 0; from < count; from += BATCH) {
    all.push([from, Math.min(count, from + BATCH) - 1]);
  }
  return all;
}

/** An id of a row of a kind by its number, in the order of the numbers. */
function idOf(kind: string, number: string): string {
  return `('0198${kind}00-0000-7000-8000-' || lpad(to_hex(${number}), 12, '0'))::uuid`;
}
