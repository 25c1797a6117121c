/** One conversation, by the id that a caller gave. */
import type { Sql } from "@/db/connect.ts";
import { type ConversationRow, findConversation } from "@/db/conversations.ts";
import { bounded } from "@/db/errors.ts";
import { ApiError } from "@/lib/api/errors.ts";
import { READ_TIMEOUT_MS } from "@/lib/api/limits.ts";
import { isId } from "@/lib/ids.ts";

/**
 * The conversation of an account.
 *
 * @throws ApiError not_found
 */
export async function requireConversation(
  sql: Sql,
  options: { accountId: string; conversationId: string },
): Promise<ConversationRow> {
  const row = isId(options.conversationId)
    ? await bounded(findConversation(sql, options), READ_TIMEOUT_MS)
    : null;
  if (row !== null) return row;
  throw new ApiError("not_found", "There is no conversation with this id in this account");
}
