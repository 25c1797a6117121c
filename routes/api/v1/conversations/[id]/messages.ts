/** `GET /api/v1/conversations/{id}/messages` lists a conversation's messages, sent and received. */
import { endpoint, methods } from "@/lib/api/endpoint.ts";
import { requireConversation } from "@/lib/conversations/require_conversation.ts";
import { findConversationMessages } from "@/lib/messages/list_messages.ts";
import { messageToJson } from "@/lib/messages/message_json.ts";
import { listConversationMessagesOperation } from "@/lib/messages/message_operations.ts";
import { define } from "@/lib/state.ts";

export const handler = define.handlers(methods({
  GET: endpoint({
    operation: listConversationMessagesOperation,
    handle: async ({ ctx, services, key }) => {
      const conversation = await requireConversation(services.db.sql, {
        accountId: key.account_id,
        conversationId: ctx.params.id ?? "",
      });
      const { rows, ...page } = await findConversationMessages(services.db.sql, {
        accountId: key.account_id,
        conversationId: conversation.id,
        params: ctx.url.searchParams,
      });
      return { data: rows.map(messageToJson), ...page };
    },
  }),
}));
