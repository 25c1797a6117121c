/**
 * Stands before the ways in: sign-in, sign-out, set-up, invitation. Forms of other sites are refused here too: signing
 * somebody in as somebody else is an attack of its own. No cache may store the pages, whose addresses hold secrets.
 */
import { defineAccess } from "@/lib/admin/admin_state.ts";
import { forgetFlash, readFlash } from "@/lib/admin/flash.ts";
import { requireSameOrigin } from "@/lib/admin/origin.ts";

export const handler = defineAccess.middleware(async (ctx) => {
  requireSameOrigin(ctx);
  ctx.state.flash = readFlash(ctx);
  const response = await ctx.next();
  if (ctx.state.flash !== null) forgetFlash(ctx, response);
  response.headers.set("cache-control", "no-store");
  return response;
});
