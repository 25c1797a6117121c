/**
 * The cookies of the admin UI. Under https their names begin with "__Host-", which makes browsers refuse them unless
 * they are Secure, for this host alone and for the whole site (RFC 6265bis, 4.1.3). Under http, as on one's own
 * machine, neither is possible.
 */
import type { Config } from "@/lib/config.ts";

/** The cookies there are. */
export type CookieName = "session" | "flash";

type Site = Pick<Config, "appUrl">;

/** The value of a cookie, or null. */
export function readCookie(
  headers: Headers,
  cookie: { name: CookieName; site: Site },
): string | null {
  const wanted = fullName(cookie);
  for (const part of (headers.get("cookie") ?? "").split(";")) {
    const [name = "", ...value] = part.split("=");
    if (name.trim() === wanted) return value.join("=").trim();
  }
  return null;
}

/** The header that sets a cookie; no script can read it, and other sites' forms do not send it. */
export function cookieHeader(
  cookie: { name: CookieName; site: Site; value: string; maxAgeSeconds: number },
): string {
  return [
    `${fullName(cookie)}=${cookie.value}`,
    "Path=/",
    `Max-Age=${cookie.maxAgeSeconds}`,
    "HttpOnly",
    "SameSite=Lax",
    ...(isHttps(cookie.site) ? ["Secure"] : []),
  ].join("; ");
}

/** The header that makes the browser forget a cookie. */
export function expiredCookieHeader(cookie: { name: CookieName; site: Site }): string {
  return cookieHeader({ ...cookie, value: "", maxAgeSeconds: 0 });
}

function fullName({ name, site }: { name: CookieName; site: Site }): string {
  return `${isHttps(site) ? "__Host-" : ""}messages_${name}`;
}

function isHttps({ appUrl }: Site): boolean {
  return appUrl.startsWith("https:");
}
