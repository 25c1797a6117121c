/** `GET /api/v1/messages/{id}`: one message with its status. */
import { bounded } from "@/db/errors.ts";
import { findMessage } from "@/db/messages.ts";
import { endpoint, methods } from "@/lib/api/endpoint.ts";
import { ApiError } from "@/lib/api/errors.ts";
import { READ_TIMEOUT_MS } from "@/lib/api/limits.ts";
import { isId } from "@/lib/ids.ts";
import { messageToJson } from "@/lib/messages/message_json.ts";
import { getMessageOperation } from "@/lib/messages/message_operations.ts";
import { define } from "@/lib/state.ts";

export const handler = define.handlers(methods({
  GET: endpoint({
    operation: getMessageOperation,
    handle: async ({ ctx, services, key }) => {
      const messageId = ctx.params.id ?? "";
      const row = isId(messageId)
        ? await bounded(
          findMessage(services.db.sql, { accountId: key.account_id, messageId }),
          READ_TIMEOUT_MS,
        )
        : null;
      if (row === null) {
        throw new ApiError("not_found", "There is no message with this id in this account");
      }
      return { data: messageToJson(row) };
    },
  }),
}));
