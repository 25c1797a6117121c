/** Subscribes the token's app to the events of the number's business account. */
import { z } from "zod";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { audit } from "@/lib/admin/audit.ts";
import { redirectWithFlash } from "@/lib/admin/flash.ts";
import { readForm } from "@/lib/admin/forms.ts";
import { subscribe } from "@/lib/whatsapp/repair.ts";

export const handler = defineAdmin.handlers({
  GET: (ctx) => ctx.redirect("/whatsapp", 303),
  POST: async (ctx) => {
    await readForm(ctx, z.object({}));
    const { services, admin } = ctx.state;
    const refusal = await subscribe(services, admin.account.id);
    if (refusal !== null) {
      return redirectWithFlash(ctx, "/whatsapp", { kind: "error", text: refusal });
    }
    await audit(ctx, {
      action: "whatsapp.app_subscribed",
      targetType: "whatsapp_integration",
      targetId: admin.account.id,
    });
    return redirectWithFlash(ctx, "/whatsapp", {
      kind: "success",
      text: "Subscribed: Meta sends the account's events from now on",
    });
  },
});
