/** `GET /api/v1/conversations/{id}`: one conversation with its contact. */
import { endpoint, methods } from "@/lib/api/endpoint.ts";
import { conversationToJson } from "@/lib/conversations/conversation_json.ts";
import { getConversationOperation } from "@/lib/conversations/conversation_operations.ts";
import { requireConversation } from "@/lib/conversations/require_conversation.ts";
import { define } from "@/lib/state.ts";

export const handler = define.handlers(methods({
  GET: endpoint({
    operation: getConversationOperation,
    handle: async ({ ctx, services, key }) => {
      const row = await requireConversation(services.db.sql, {
        accountId: key.account_id,
        conversationId: ctx.params.id ?? "",
      });
      return { data: conversationToJson(row) };
    },
  }),
}));
