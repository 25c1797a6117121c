/** `POST /conversations/{id}/simulate?mode=test`: lets the contact of a conversation write, in test mode only. */
import { HttpError, page } from "fresh";
import { z } from "zod";
import { ConversationView } from "@/components/ConversationView.tsx";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { audit } from "@/lib/admin/audit.ts";
import { findConversationPage } from "@/lib/admin/conversation_page.ts";
import { redirectWithFlash } from "@/lib/admin/flash.ts";
import { readForm } from "@/lib/admin/forms.ts";
import { withMode } from "@/lib/admin/mode.ts";
import { requireConversation } from "@/lib/admin/require_conversation.ts";
import { simulateReply } from "@/lib/admin/simulate_reply.ts";
import { threadTextField } from "@/lib/admin/thread_reply.ts";

export const handler = defineAdmin.handlers({
  // Whoever reloads the form's answer by its address gets the conversation.
  async GET(ctx) {
    const { id } = await requireConversation(ctx.state, ctx.params.id ?? "");
    return ctx.redirect(withMode(`/conversations/${id}`, ctx.state.admin.mode), 303);
  },

  async POST(ctx) {
    const { services, admin } = ctx.state;
    if (admin.mode !== "test") throw new HttpError(404);
    const conversation = await requireConversation(ctx.state, ctx.params.id ?? "");
    const form = await readForm(ctx, z.object({ text: threadTextField }));
    if (!form.ok) {
      const { text = "" } = form.values;
      const simulated = { text, error: form.errors.text ?? "Write a message first" };
      return page(await findConversationPage(ctx, { conversation, simulated }), { status: 422 });
    }
    const isComing = await simulateReply(services, { admin, conversation, text: form.data.text });
    if (isComing) {
      await audit(ctx, {
        action: "message.reply_simulated",
        targetType: "conversation",
        targetId: conversation.id,
      });
    }
    return redirectWithFlash(
      ctx,
      `/conversations/${conversation.id}`,
      isComing
        ? { kind: "success", text: "The reply is on its way" }
        : { kind: "error", text: "This contact has no address left to write from" },
    );
  },
});

export default defineAdmin.page<typeof handler>(function SimulatePage({ data, state }) {
  return <ConversationView data={data} mode={state.admin.mode} />;
});
