/** Sends the message that is to prove the integration, to the admin's own phone. */
import { page } from "fresh";
import { z } from "zod";
import { adminUrl } from "@/components/admin_url.ts";
import { Badge } from "@/components/Badge.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { WhatsappConnected } from "@/components/WhatsappConnected.tsx";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { audit } from "@/lib/admin/audit.ts";
import { redirectWithFlash } from "@/lib/admin/flash.ts";
import { readForm } from "@/lib/admin/forms.ts";
import { makeId } from "@/lib/ids.ts";
import { maskRecipient } from "@/lib/phone.ts";
import { loadWhatsappPage } from "@/lib/whatsapp/page_state.ts";
import { proofBody, sendProof } from "@/lib/whatsapp/prove.ts";

const schema = z.object({
  to: z.string({ error: "Put in your phone number" }).trim()
    .min(1, { error: "Put in your phone number" }).max(40, { error: "This is no phone number" }),
  kind: z.enum(["template", "text"], { error: "Choose what to send" }),
  idempotency_key: z.uuid({ error: "Open the page again" }),
});

export const handler = defineAdmin.handlers({
  GET: (ctx) => ctx.redirect(adminUrl("/whatsapp#prove", ctx.state.admin.mode), 303),
  POST: async (ctx) => {
    const { services, admin } = ctx.state;
    const form = await readForm(ctx, schema);
    let values: Record<string, string>;
    let errors: Record<string, string>;
    if (form.ok) {
      const { to, kind, idempotency_key: idempotencyKey } = form.data;
      const result = await sendProof(services, {
        admin,
        body: proofBody({ to, kind, accountName: admin.account.name }),
        idempotencyKey,
        requestId: ctx.state.requestId,
      });
      if (result.ok) {
        await audit(ctx, {
          action: "message.sent",
          targetType: "message",
          targetId: result.messageId,
          details: { to: maskRecipient(to) },
        });
        return redirectWithFlash(ctx, "/whatsapp#prove", {
          kind: "success",
          text: "Meta has taken the message: look at your phone",
        });
      }
      values = { to, kind };
      errors = { to: result.reason };
    } else {
      ({ values, errors } = form);
    }
    const { health, connected } = await loadWhatsappPage(services, admin.account.id);
    if (connected === null) {
      return redirectWithFlash(ctx, "/whatsapp", { kind: "error", text: "No number is connected" });
    }
    return page({ health, connected, form: { idempotencyKey: makeId(), values, errors } }, {
      status: 422,
    });
  },
});

export default defineAdmin.page<typeof handler>(function ProofPage({ data, state }) {
  const { badge } = data.health;
  return (
    <>
      <PageHeader title="WhatsApp" badge={<Badge tone={badge.tone}>{badge.label}</Badge>} />
      <WhatsappConnected page={data.connected} form={data.form} mode={state.admin.mode} />
    </>
  );
});
