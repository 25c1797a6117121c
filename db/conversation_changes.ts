/** What people change of a conversation on the admin pages: its state, and that its messages were read. */
import type { Sql } from "@/db/connect.ts";
import type { ConversationStatus } from "@/db/conversations.ts";

/** Sets the state; false: there is no such conversation. */
export async function updateConversationStatus(
  sql: Sql,
  options: { accountId: string; conversationId: string; status: ConversationStatus },
): Promise<boolean> {
  const result = await sql`
    update conversations
    set status = ${options.status}, updated_at = clock_timestamp()
    where account_id = ${options.accountId} and id = ${options.conversationId}
  `;
  return result.count > 0;
}

/** Sets the number of unread messages to 0; false: there is no such conversation. */
export async function markConversationRead(
  sql: Sql,
  options: { accountId: string; conversationId: string },
): Promise<boolean> {
  const result = await sql`
    update conversations
    set unread_count = 0, updated_at = clock_timestamp()
    where account_id = ${options.accountId} and id = ${options.conversationId}
  `;
  return result.count > 0;
}
