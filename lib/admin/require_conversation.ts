/** The conversation that an admin page is about, by the id in its path. */
import { HttpError } from "fresh";
import { type ConversationRow, findConversation } from "@/db/conversations.ts";
import { bounded } from "@/db/errors.ts";
import type { AdminState } from "@/lib/admin/admin_state.ts";
import { READ_TIMEOUT_MS } from "@/lib/api/limits.ts";
import { isId } from "@/lib/ids.ts";

/**
 * The conversation of the page's account; an id that was merged into another stands for that one.
 *
 * @throws HttpError 404
 */
export async function requireConversation(
  state: AdminState,
  conversationId: string,
): Promise<ConversationRow> {
  const row = isId(conversationId)
    ? await bounded(
      findConversation(state.services.db.sql, {
        accountId: state.admin.account.id,
        conversationId,
      }),
      READ_TIMEOUT_MS,
    )
    : null;
  if (row === null) throw new HttpError(404);
  return row;
}
