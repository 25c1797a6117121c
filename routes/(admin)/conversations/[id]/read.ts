/** `POST /conversations/{id}/read`: marks a conversation as read. */
import { z } from "zod";
import { markConversationRead } from "@/db/conversation_changes.ts";
import { bounded } from "@/db/errors.ts";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { redirectWithFlash } from "@/lib/admin/flash.ts";
import { readForm } from "@/lib/admin/forms.ts";
import { requireConversation } from "@/lib/admin/require_conversation.ts";
import { READ_TIMEOUT_MS } from "@/lib/api/limits.ts";

export const handler = defineAdmin.handlers({
  async POST(ctx) {
    const { services, admin } = ctx.state;
    const { id } = await requireConversation(ctx.state, ctx.params.id ?? "");
    await readForm(ctx, z.object({}));
    await bounded(
      markConversationRead(services.db.sql, { accountId: admin.account.id, conversationId: id }),
      READ_TIMEOUT_MS,
    );
    return redirectWithFlash(ctx, `/conversations/${id}`, {
      kind: "success",
      text: "Marked as read",
    });
  },
});
