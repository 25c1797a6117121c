/** `POST /conversations/{id}/status`: sets a conversation to open, pending or closed. */
import { z } from "zod";
import { updateConversationStatus } from "@/db/conversation_changes.ts";
import { bounded } from "@/db/errors.ts";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { audit } from "@/lib/admin/audit.ts";
import { redirectWithFlash } from "@/lib/admin/flash.ts";
import { readForm } from "@/lib/admin/forms.ts";
import { requireConversation } from "@/lib/admin/require_conversation.ts";
import { READ_TIMEOUT_MS } from "@/lib/api/limits.ts";

const schema = z.object({ status: z.enum(["open", "pending", "closed"]) });

export const handler = defineAdmin.handlers({
  async POST(ctx) {
    const { services, admin } = ctx.state;
    const { id, status: before } = await requireConversation(ctx.state, ctx.params.id ?? "");
    const path = `/conversations/${id}`;
    const form = await readForm(ctx, schema);
    if (!form.ok) {
      return redirectWithFlash(ctx, path, {
        kind: "error",
        text: 'A conversation is "open", "pending" or "closed": nothing was changed',
      });
    }
    const { status } = form.data;
    await bounded(
      updateConversationStatus(services.db.sql, {
        accountId: admin.account.id,
        conversationId: id,
        status,
      }),
      READ_TIMEOUT_MS,
    );
    if (status !== before) {
      await audit(ctx, {
        action: "conversation.status_changed",
        targetType: "conversation",
        targetId: id,
        details: { from: before, to: status },
      });
    }
    return redirectWithFlash(ctx, path, {
      kind: "success",
      text: `The conversation is ${status} now`,
    });
  },
});
