/** `GET /api/v1/messages` lists messages; `POST /api/v1/messages` sends one. */
import { endpoint, methods } from "@/lib/api/endpoint.ts";
import { findMessages } from "@/lib/messages/list_messages.ts";
import { messageToJson } from "@/lib/messages/message_json.ts";
import { listMessagesOperation, sendMessageOperation } from "@/lib/messages/message_operations.ts";
import { postMessage } from "@/lib/messages/post_message.ts";
import { define } from "@/lib/state.ts";

export const handler = define.handlers(methods({
  GET: endpoint({
    operation: listMessagesOperation,
    handle: async ({ ctx, services, key }) => {
      const { rows, ...page } = await findMessages(services.db.sql, {
        accountId: key.account_id,
        params: ctx.url.searchParams,
      });
      return { data: rows.map(messageToJson), ...page };
    },
  }),
  POST: endpoint({
    operation: sendMessageOperation,
    provesKey: true,
    handle: async ({ ctx, services, key, proof, requestId, readBody, logged }) =>
      await postMessage(services, {
        sender: {
          accountId: key.account_id,
          mode: key.account_mode,
          apiKeyId: key.key_id,
          requestId,
        },
        body: await readBody(),
        idempotencyKey: ctx.req.headers.get("idempotency-key"),
        keyProof: proof,
        logged,
      }),
  }),
}));
