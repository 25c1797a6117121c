/**
 * The content security policy of pages: scripts only from this server or with the page's nonce, which Fresh puts on
 * those that it writes itself; style, images and media from here alone; no frames, no other site's forms.
 */
import { csp, type Middleware } from "fresh";
import type { Config } from "@/lib/config.ts";
import type { State } from "@/lib/state.ts";

const HEADER = "content-security-policy";

const DIRECTIVES = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data:",
  "media-src 'self'",
  "worker-src 'none'",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
];

/** The policy of a page that was rendered outside of all middleware, such as an error page: no nonce. */
export const BARE_PAGE_POLICY = DIRECTIVES.join("; ");

/** Gives every page its policy, unless its route has set one; other answers have none. */
export function pagePolicy(config: Pick<Config, "appUrl">): Middleware<State> {
  const withNonce = csp<State>({
    // Fresh puts the nonce in the place of 'unsafe-inline'.
    csp: DIRECTIVES.map((it) => it.startsWith("script-src") ? `${it} 'unsafe-inline'` : it),
    useNonce: true,
  });
  return async (ctx) => {
    const page = await ctx.next();
    if (!isPage(page.headers) || page.headers.has(HEADER)) return page;
    ctx.next = () => Promise.resolve(page);
    const response = await withNonce(ctx);
    const policy = tighten(response.headers.get(HEADER) ?? "", config);
    response.headers.set(HEADER, ctx.state.hasInlineStyles ? withInlineStyles(policy) : policy);
    return response;
  };
}

/** Whether an answer is a page. */
export function isPage(headers: Headers): boolean {
  return headers.get("content-type")?.startsWith("text/html") ?? false;
}

function tighten(policy: string, config: Pick<Config, "appUrl">): string {
  return policy.split("; ")
    // One of Fresh's defaults; on a server without https it would send every form into the void.
    .filter((it) => it !== "upgrade-insecure-requests" || config.appUrl.startsWith("https:"))
    // Left where a page came without a nonce: nothing inline may run there.
    .map((it) => it.replace(" 'unsafe-inline'", ""))
    .join("; ");
}

/** For a page whose scripts write style attributes, which no nonce can allow. Its scripts are held as strictly as ever. */
function withInlineStyles(policy: string): string {
  return policy.split("; ")
    .map((it) => it.startsWith("style-src ") ? "style-src 'self' 'unsafe-inline'" : it)
    .join("; ");
}
