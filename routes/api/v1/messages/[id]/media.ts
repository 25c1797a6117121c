/** `GET /api/v1/messages/{id}/media`: the file of an inbound message. */
import { bounded } from "@/db/errors.ts";
import { findMessage } from "@/db/messages.ts";
import { endpoint, methods } from "@/lib/api/endpoint.ts";
import { ApiError } from "@/lib/api/errors.ts";
import { READ_TIMEOUT_MS } from "@/lib/api/limits.ts";
import { isId } from "@/lib/ids.ts";
import { streamMessageMedia } from "@/lib/messages/message_media.ts";
import { getMessageMediaOperation } from "@/lib/messages/message_operations.ts";
import { define } from "@/lib/state.ts";

export const handler = define.handlers(methods({
  GET: endpoint({
    operation: getMessageMediaOperation,
    handle: async ({ ctx, services, key }) => {
      const messageId = ctx.params.id ?? "";
      const accountId = key.account_id;
      const message = isId(messageId)
        ? await bounded(
          findMessage(services.db.sql, { accountId, messageId }),
          READ_TIMEOUT_MS,
        )
        : null;
      if (message === null) {
        throw new ApiError("not_found", "There is no message with this id in this account");
      }
      return await streamMessageMedia(services, { accountId, mode: key.account_mode, message });
    },
  }),
}));
