/** `GET /messages/{id}/media`: the file of an inbound message, for whoever is signed in to its account. */
import { bounded } from "@/db/errors.ts";
import { findMessage } from "@/db/messages.ts";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { ApiError } from "@/lib/api/errors.ts";
import { READ_TIMEOUT_MS } from "@/lib/api/limits.ts";
import { isId } from "@/lib/ids.ts";
import { streamMessageMedia } from "@/lib/messages/message_media.ts";

export const handler = defineAdmin.handlers({
  async GET(ctx) {
    const { services, admin: { account } } = ctx.state;
    const messageId = ctx.params.id ?? "";
    const message = isId(messageId)
      ? await bounded(
        findMessage(services.db.sql, { accountId: account.id, messageId }),
        READ_TIMEOUT_MS,
      )
      : null;
    if (message === null) return explain(404, "There is no such message");
    try {
      return await streamMessageMedia(services, {
        accountId: account.id,
        mode: account.mode,
        message,
      });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return explain(error.status, error.message);
    }
  },
});

/** In plain text: it stands in the place of a file, not of a page. */
function explain(status: number, text: string): Response {
  return new Response(`${text}.\n`, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" },
  });
}
