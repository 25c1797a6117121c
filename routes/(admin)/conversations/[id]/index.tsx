/** `GET /conversations/{id}`: a conversation with its messages. `POST` to it sends a reply. */
import { page } from "fresh";
import { ConversationView } from "@/components/ConversationView.tsx";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { audit } from "@/lib/admin/audit.ts";
import { findConversationPage } from "@/lib/admin/conversation_page.ts";
import { redirectWithFlash } from "@/lib/admin/flash.ts";
import { readForm } from "@/lib/admin/forms.ts";
import { requireConversation } from "@/lib/admin/require_conversation.ts";
import { replySchema, sendReply } from "@/lib/admin/thread_reply.ts";
import { maskRecipient } from "@/lib/phone.ts";

const CLOSED = "The 24-hour window has closed, so WhatsApp would not deliver it";
const SETTLING = "Meta may or may not have taken the message: its status follows here by itself";

export const handler = defineAdmin.handlers({
  async GET(ctx) {
    const conversation = await requireConversation(ctx.state, ctx.params.id ?? "");
    return page(await findConversationPage(ctx, { conversation }));
  },

  async POST(ctx) {
    const { services, admin, requestId } = ctx.state;
    const conversation = await requireConversation(ctx.state, ctx.params.id ?? "");
    const form = await readForm(ctx, replySchema);
    if (!form.ok) {
      const { text = "", idempotency_key: idempotencyKey } = form.values;
      const reply = form.errors.idempotency_key === undefined && idempotencyKey !== undefined
        ? { text, idempotencyKey, errors: form.errors }
        : { text, errors: form.errors };
      return page(await findConversationPage(ctx, { conversation, reply }), { status: 422 });
    }
    const { text, idempotency_key: idempotencyKey } = form.data;
    const again = async (status: number, message: string) =>
      page(
        await findConversationPage(ctx, {
          conversation,
          reply: { text, idempotencyKey, errors: { "": message } },
        }),
        { status },
      );
    if (!conversation.window_open) return await again(422, CLOSED);
    const outcome = await sendReply(services, {
      admin,
      conversation,
      text,
      idempotencyKey,
      requestId,
    });
    if (outcome.kind === "refused") return await again(outcome.status, outcome.message);
    if (outcome.messageId !== null && !outcome.isRepeat) {
      const { phone, bsuid } = conversation.contact;
      await audit(ctx, {
        action: "message.sent",
        targetType: "message",
        targetId: outcome.messageId,
        details: { to: maskRecipient(phone ?? bsuid ?? "") },
      });
    }
    return redirectWithFlash(
      ctx,
      `/conversations/${conversation.id}`,
      outcome.kind === "sent"
        ? { kind: "success", text: "The message was sent" }
        : { kind: "error", text: SETTLING },
    );
  },
});

export default defineAdmin.page<typeof handler>(function ConversationPage({ data, state }) {
  return <ConversationView data={data} mode={state.admin.mode} />;
});
