/**
 * One sentence from a form to the page it leads to, kept in a short-lived cookie. It holds only what the page would say
 * anyway, and is shown as text: nobody gains by making one up.
 */
import { Buffer } from "node:buffer";
import { z } from "zod";
import type { AdminState } from "@/lib/admin/admin_state.ts";
import { withMode } from "@/lib/admin/mode.ts";
import { cookieHeader, expiredCookieHeader, readCookie } from "@/lib/http/cookies.ts";
import type { RequestOf } from "@/lib/state.ts";

/** What happened. */
export interface Flash {
  kind: "success" | "error";
  text: string;
}

const MAX_AGE_SECONDS = 60;

const flashSchema = z.object({
  kind: z.enum(["success", "error"]),
  text: z.string().min(1).max(1_000),
});

/** Answers a form: 303 to a local path, in the page's mode, where the sentence is shown once. */
export function redirectWithFlash(
  ctx: RequestOf<AdminState>,
  path: string,
  flash: Flash,
): Response {
  const response = ctx.redirect(withMode(path, ctx.state.admin.mode), 303);
  response.headers.append("set-cookie", flashCookie(ctx, flash));
  return response;
}

/** The header with which an answer hands a sentence to the next page. */
export function flashCookie(ctx: RequestOf, flash: Flash): string {
  return cookieHeader({
    name: "flash",
    site: ctx.state.services.config,
    value: Buffer.from(JSON.stringify(flash)).toString("base64url"),
    maxAgeSeconds: MAX_AGE_SECONDS,
  });
}

/** The sentence that a request brings, or null. */
export function readFlash(ctx: RequestOf): Flash | null {
  const text = readCookie(ctx.req.headers, { name: "flash", site: ctx.state.services.config });
  if (text === null) return null;
  try {
    const result = flashSchema.safeParse(JSON.parse(Buffer.from(text, "base64url").toString()));
    return result.success ? result.data : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Makes the browser forget the sentence, once a page shows it. */
export function forgetFlash(ctx: RequestOf, response: Response): void {
  const isPage = response.headers.get("content-type")?.startsWith("text/html") ?? false;
  if (ctx.req.method !== "GET" || !isPage) return;
  const cookie = { name: "flash", site: ctx.state.services.config } as const;
  response.headers.append("set-cookie", expiredCookieHeader(cookie));
}
