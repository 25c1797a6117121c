/**
 * Headers that every answer has, whoever made it: JSON, files, pages and error pages alike.
 */
import { BARE_PAGE_POLICY, isPage } from "@/lib/http/page_policy.ts";

/**
 * No guessing of types, no framing, no referrer to other sites ("no-referrer" would make browsers send
 * `Origin: null` with forms); for pages a content security policy if they have none yet, and no place in a cache if
 * they do not ask for one.
 */
export function setSecurityHeaders(headers: Headers): void {
  headers.set("x-content-type-options", "nosniff");
  headers.set("x-frame-options", "DENY");
  headers.set("referrer-policy", "same-origin");
  if (!isPage(headers)) return;
  if (!headers.has("content-security-policy")) {
    headers.set("content-security-policy", BARE_PAGE_POLICY);
  }
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
}
