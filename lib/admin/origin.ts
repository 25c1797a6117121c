/**
 * Protects pages against forms of other sites (CSRF). A browser says where a request comes from: modern ones by
 * `Sec-Fetch-Site`, all by `Origin`. Only pages need it: the API takes no cookies, Meta's callbacks are signed.
 */
import { HttpError } from "fresh";
import { publicBaseUrl } from "@/lib/http/public_base_url.ts";
import type { RequestOf } from "@/lib/state.ts";

/**
 * Lets only this site's own pages change state.
 *
 * @throws HttpError 403
 */
export function requireSameOrigin(ctx: RequestOf): void {
  const { method, headers } = ctx.req;
  if (method === "GET" || method === "HEAD" || method === "OPTIONS") return;
  if (headers.get("sec-fetch-site") === "same-origin") return;
  const origin = headers.get("origin");
  if (origin !== null && origin === URL.parse(publicBaseUrl(ctx))?.origin) return;
  throw new HttpError(
    403,
    "This form was not sent from a page of this site: open the page again and repeat it. " +
      "If it happens every time, check that APP_URL is the address in your browser",
  );
}
