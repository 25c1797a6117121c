/**
 * Stands before every page of the admin UI: forms of other sites are refused, a request without a session goes to the
 * sign-in, and the page learns who is there and in which mode. Nothing behind it may be stored by a cache.
 */
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { forgetFlash, readFlash } from "@/lib/admin/flash.ts";
import { requireSameOrigin } from "@/lib/admin/origin.ts";
import { findAdmin } from "@/lib/admin/session.ts";
import { redirectSignedOut } from "@/lib/admin/signed_out.ts";

export const handler = defineAdmin.middleware(async (ctx) => {
  requireSameOrigin(ctx);
  const admin = await findAdmin(ctx);
  if (admin === null) {
    const response = await redirectSignedOut(ctx);
    response.headers.set("cache-control", "no-store");
    return response;
  }
  ctx.state.admin = admin;
  ctx.state.flash = readFlash(ctx);
  const response = await ctx.next();
  if (ctx.state.flash !== null) forgetFlash(ctx, response);
  if (!response.headers.has("cache-control")) response.headers.set("cache-control", "no-store");
  return response;
});
