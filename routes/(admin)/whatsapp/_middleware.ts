/** In test mode WhatsApp is the sandbox, which has nothing to set up: every page of the set-up leads to its overview. */
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { redirectWithFlash } from "@/lib/admin/flash.ts";

export const handler = defineAdmin.middleware((ctx) => {
  if (ctx.state.admin.mode === "live" || ctx.url.pathname === "/whatsapp") return ctx.next();
  return redirectWithFlash(ctx, "/whatsapp", {
    kind: "error",
    text: "Test mode has its sandbox: switch to live mode to connect a number",
  });
});
