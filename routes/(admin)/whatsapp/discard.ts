/** Forgets a set-up that is not finished, with the secrets it has. */
import { z } from "zod";
import { deleteWhatsappDraft } from "@/db/whatsapp_drafts.ts";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { audit } from "@/lib/admin/audit.ts";
import { redirectWithFlash } from "@/lib/admin/flash.ts";
import { readForm } from "@/lib/admin/forms.ts";

export const handler = defineAdmin.handlers({
  GET: (ctx) => ctx.redirect("/whatsapp", 303),
  POST: async (ctx) => {
    await readForm(ctx, z.object({}));
    const { services, admin } = ctx.state;
    if (await deleteWhatsappDraft(services.db.sql, admin.account.id)) {
      await audit(ctx, {
        action: "whatsapp.setup_discarded",
        targetType: "whatsapp_integration",
        targetId: admin.account.id,
      });
    }
    return redirectWithFlash(ctx, "/whatsapp", {
      kind: "success",
      text: "Discarded: token and secret are deleted",
    });
  },
});
