/** "Check now": asks Meta everything about the integration. */
import { z } from "zod";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { redirectWithFlash } from "@/lib/admin/flash.ts";
import { readForm } from "@/lib/admin/forms.ts";
import { refreshChecks } from "@/lib/whatsapp/refresh_checks.ts";

export const handler = defineAdmin.handlers({
  GET: (ctx) => ctx.redirect("/whatsapp", 303),
  POST: async (ctx) => {
    await readForm(ctx, z.object({}));
    const checked = await refreshChecks(ctx.state.services, ctx.state.admin.account.id);
    return redirectWithFlash(
      ctx,
      "/whatsapp",
      checked
        ? { kind: "success", text: "Checked with Meta just now" }
        : { kind: "error", text: "No number is connected" },
    );
  },
});
