/** `GET /api/v1/conversations` lists conversations, each with its contact. */
import { endpoint, methods } from "@/lib/api/endpoint.ts";
import { conversationToJson } from "@/lib/conversations/conversation_json.ts";
import { listConversationsOperation } from "@/lib/conversations/conversation_operations.ts";
import { findConversations } from "@/lib/conversations/list_conversations.ts";
import { define } from "@/lib/state.ts";

export const handler = define.handlers(methods({
  GET: endpoint({
    operation: listConversationsOperation,
    handle: async ({ ctx, services, key }) => {
      const { rows, ...page } = await findConversations(services.db.sql, {
        accountId: key.account_id,
        params: ctx.url.searchParams,
      });
      return { data: rows.map(conversationToJson), ...page };
    },
  }),
}));
