/**
 * Owns the Content-Security-Policy middleware. The nonce of a rendered page is
 * kept beside its `Response`, never in a header; a middleware that builds a new
 * `Response` from it loses the nonce, and the policy then allows inline code.
 */
import type { Middleware } from "./middleware.ts";

/** The nonce of each rendered page, known only to this process. */
export const cspNonces: WeakMap<Response, string> = new WeakMap();

/** Options of the Content-Security-Policy middleware. */
export interface CSPOptions {
  /** Directives that are added, or replace the default of the same name. */
  csp?: string[];
  /** Allow inline scripts and styles by the page's nonce only. */
  useNonce?: boolean;
}

// deno-fmt-ignore: short directives side by side.
const DEFAULTS = [
  "default-src 'self'", "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'", "font-src 'self'",
  "img-src 'self' data:", "media-src 'self' data: blob:",
  "worker-src 'self' blob:", "connect-src 'self'", "object-src 'none'",
  "base-uri 'self'", "form-action 'self'", "frame-ancestors 'none'",
  "upgrade-insecure-requests",
];

/** Sets a Content-Security-Policy on every answer. */
export function csp<State>(options: CSPOptions = {}): Middleware<State> {
  const { csp: own = [], useNonce = false } = options;
  const nameOf = (directive: string) => directive.split(" ", 1)[0];
  const replaced = new Set(own.map(nameOf));
  const kept = DEFAULTS.filter((it) => !replaced.has(nameOf(it)));
  const directives = [...kept, ...own];
  return async (ctx) => {
    const res = await ctx.next();
    const nonce = useNonce ? cspNonces.get(res) : undefined;
    const sent = directives.map((directive) =>
      nonce !== undefined && /^(default|script|style)-src/.test(directive)
        ? directive.replaceAll("'unsafe-inline'", `'nonce-${nonce}'`)
        : directive
    );
    res.headers.set("Content-Security-Policy", sent.join("; "));
    return res;
  };
}
