/**
 * Messages put straight into the database, for tests of what is made from them: any time, any status, no send. Status
 * changes are the same updates that the product's own writers make.
 */
import type { Sql } from "@/db/connect.ts";
import { makeId } from "@/lib/ids.ts";

/** Somebody to write to, and the conversation. */
export interface BareConversation {
  accountId: string;
  contactId: string;
  conversationId: string;
}

/** Makes an account without a twin, with one contact and its conversation. */
export async function makeBareConversation(sql: Sql): Promise<BareConversation> {
  const [accountId, contactId, conversationId] = [makeId(), makeId(), makeId()];
  await sql`insert into accounts (id, name, mode) values (${accountId}, 'Bare', 'live')`;
  await sql`
    insert into contacts (account_id, id, phone) values (${accountId}, ${contactId}, '+14155550123')
  `;
  await sql`
    insert into conversations (account_id, id, contact_id)
    values (${accountId}, ${conversationId}, ${contactId})
  `;
  return { accountId, contactId, conversationId };
}

/** Makes a message; outbound unless its status is "received". Answers its id. */
export async function makeBareMessage(
  sql: Sql,
  options: { of: BareConversation; status: string; createdAt?: Date; type?: string },
): Promise<string> {
  const { of, status } = options;
  const id = makeId();
  const createdAt = options.createdAt ?? new Date();
  await sql`
    insert into messages (
      account_id, id, conversation_id, contact_id, direction, type, status, recipient, lease_until, created_at
    )
    values (
      ${of.accountId}, ${id}, ${of.conversationId}, ${of.contactId},
      ${status === "received" ? "inbound" : "outbound"}, ${options.type ?? "text"}, ${status},
      '+14155550123', ${
    status === "pending" ? new Date(createdAt.getTime() + 60_000) : null
  }, ${createdAt}
    )
  `;
  return id;
}

/** Sets the status of a message, if it is a later one. */
export async function raiseStatus(
  sql: Sql,
  options: { accountId: string; id: string; status: string },
): Promise<void> {
  await sql`
    update messages
    set status = later_message_status(status, ${options.status}),
      lease_until = case when ${options.status} = 'pending' then lease_until end
    where account_id = ${options.accountId} and id = ${options.id}
  `;
}
