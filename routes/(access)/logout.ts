/** `POST /logout`: ends the session. There is no GET: a link or an image must not sign anybody out. */
import { defineAccess } from "@/lib/admin/admin_state.ts";
import { flashCookie } from "@/lib/admin/flash.ts";
import { endSession } from "@/lib/admin/session.ts";

export const handler = defineAccess.handlers({
  POST: async (ctx) => {
    const forgotten = await endSession(ctx);
    const response = ctx.redirect("/login", 303);
    response.headers.append("set-cookie", forgotten);
    const flash = { kind: "success", text: "You are signed out." } as const;
    response.headers.append("set-cookie", flashCookie(ctx, flash));
    return response;
  },
});
