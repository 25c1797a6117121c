/** Ends the set-up without a webhook: sending works, statuses and replies do not come in. */
import { z } from "zod";
import { setSendingOnly } from "@/db/integration_health.ts";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { audit } from "@/lib/admin/audit.ts";
import { redirectWithFlash } from "@/lib/admin/flash.ts";
import { readForm } from "@/lib/admin/forms.ts";

export const handler = defineAdmin.handlers({
  GET: (ctx) => ctx.redirect("/whatsapp", 303),
  POST: async (ctx) => {
    await readForm(ctx, z.object({}));
    const { services, admin } = ctx.state;
    const accountId = admin.account.id;
    if (!await setSendingOnly(services.db.sql, { accountId, sendingOnly: true })) {
      return redirectWithFlash(ctx, "/whatsapp", { kind: "error", text: "No number is connected" });
    }
    await audit(ctx, {
      action: "whatsapp.sending_only",
      targetType: "whatsapp_integration",
      targetId: accountId,
    });
    return redirectWithFlash(ctx, "/whatsapp", {
      kind: "success",
      text: "Set-up finished for sending only",
    });
  },
});
