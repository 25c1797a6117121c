/**
 * Rows that no request makes at will: of a given time, merged, erased, inbound. Written by SQL, for the tests of the
 * endpoints that read.
 */
import type { ApiAnswer } from "@/tests/helpers/api_client.ts";
import type { Harness } from "@/tests/helpers/harness.ts";
import { makeId } from "@/lib/ids.ts";

type Query = Pick<Harness, "query">;
type Value = string | number | boolean | null;

/** An id that no row has. */
export const NO_SUCH_ID = "01890000-0000-7000-8000-000000000000";

/** Inserts a contact; further columns at will. */
export async function insertContact(
  harness: Query,
  accountId: string,
  columns: Record<string, Value>,
): Promise<string> {
  return await insert(harness, "contacts", { account_id: accountId, id: makeId(), ...columns });
}

/** Inserts a conversation of a contact. */
export async function insertConversation(
  harness: Query,
  accountId: string,
  columns: Record<string, Value> & { contact_id: string },
): Promise<string> {
  return await insert(harness, "conversations", {
    account_id: accountId,
    id: makeId(),
    ...columns,
  });
}

/** Inserts a message: a delivered outbound text if not told otherwise. */
export async function insertMessage(
  harness: Query,
  accountId: string,
  columns: Record<string, Value> & { contact_id: string; conversation_id: string },
): Promise<string> {
  return await insert(harness, "messages", {
    account_id: accountId,
    id: makeId(),
    direction: "outbound",
    type: "text",
    status: "delivered",
    recipient: "+14155550123",
    body: "Hello",
    ...columns,
  });
}

/** Inserts a contact with its conversation. */
export async function insertPerson(
  harness: Query,
  accountId: string,
  columns: Record<string, Value>,
): Promise<{ contact_id: string; conversation_id: string }> {
  const contactId = await insertContact(harness, accountId, columns);
  const conversationId = await insertConversation(harness, accountId, { contact_id: contactId });
  return { contact_id: contactId, conversation_id: conversationId };
}

/** The ids of a list's entries. */
export function idsOf(answer: ApiAnswer): string[] {
  return answer.json.data.map(({ id }: { id: string }) => id);
}

async function insert(
  harness: Query,
  table: string,
  columns: Record<string, Value> & { id: string },
): Promise<string> {
  const names = Object.keys(columns);
  const places = names.map((_, index) => `$${index + 1}`);
  await harness.query(
    `insert into ${table} (${names.join(", ")}) values (${places.join(", ")})`,
    Object.values(columns),
  );
  return columns.id;
}
