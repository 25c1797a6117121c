/** The list of conversations: its query parameters and what they find. */
import { z } from "zod";
import type { Sql } from "@/db/connect.ts";
import { type ConversationRow, listConversations } from "@/db/conversations.ts";
import { bounded } from "@/db/errors.ts";
import { READ_TIMEOUT_MS } from "@/lib/api/limits.ts";
import {
  type ListOfAccount,
  type Page,
  PAGE_FIELDS,
  toPage,
  toPageRequest,
} from "@/lib/api/pagination.ts";
import { parseQuery } from "@/lib/api/query.ts";
import { CONVERSATION_STATUSES } from "@/lib/conversations/conversation_schema.ts";

/** The query of `GET /api/v1/conversations`. */
export const conversationQuerySchema = z.strictObject({
  ...PAGE_FIELDS,
  status: z.enum(CONVERSATION_STATUSES).optional().describe("Those in this state"),
  contact_id: z.uuid().optional().describe("The one with this contact"),
});

/**
 * A page of an account's conversations.
 *
 * @throws ApiError bad_request
 */
export async function findConversations(
  sql: Sql,
  options: { accountId: string; params: URLSearchParams },
): Promise<Page<ConversationRow>> {
  const { accountId } = options;
  const list: ListOfAccount = { list: "conversations", accountId };
  const query = parseQuery(options.params, conversationQuerySchema);
  const page = toPageRequest(query, list);
  const rows = await bounded(
    listConversations(sql, {
      accountId,
      status: query.status ?? null,
      contactId: query.contact_id ?? null,
      page,
    }),
    READ_TIMEOUT_MS,
  );
  return toPage(rows, { limit: page.limit, list });
}
