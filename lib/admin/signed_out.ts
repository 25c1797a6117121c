/** Where a request goes that needs a session and has none. */
import { hasUsers } from "@/db/users.ts";
import type { RequestOf } from "@/lib/state.ts";

/** 303 to the sign-in, which leads back to the page; to the set-up as long as nobody can sign in. */
export async function redirectSignedOut(ctx: RequestOf): Promise<Response> {
  if (!await hasUsers(ctx.state.services.db.sql)) return ctx.redirect("/setup", 303);
  // Only a page that was opened is worth returning to: not a form's target, not what an island fetched.
  const destination = ctx.req.headers.get("sec-fetch-dest");
  const isPage = ctx.req.method === "GET" && (destination === null || destination === "document");
  const path = ctx.url.pathname + ctx.url.search;
  if (!isPage || path === "/") return ctx.redirect("/login", 303);
  return ctx.redirect(`/login?next=${encodeURIComponent(path)}`, 303);
}
