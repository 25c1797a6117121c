/**
 * Owns the middleware against cross-site request forgery. It trusts what the
 * browser says of a request's origin (`Sec-Fetch-Site`, else `Origin`);
 * requests with neither header are no browser's and pass.
 */
import type { Context } from "./context.ts";
import { HttpError } from "./http_error.ts";
import type { Middleware } from "./middleware.ts";

/** Options of the CSRF middleware. */
export interface CsrfOptions<State = unknown> {
  /** Origins that are allowed; the origin of the request's URL when left out. */
  origin?:
    | string
    | string[]
    | ((origin: string, context: Context<State>) => boolean);
}

/**
 * Refuses state-changing requests from other sites with `HttpError` 403. GET,
 * HEAD and OPTIONS always pass.
 */
export function csrf<State>(options?: CsrfOptions<State>): Middleware<State> {
  const allowed = options?.origin;

  const isAllowed = (origin: string, ctx: Context<State>): boolean => {
    if (typeof allowed === "function") return allowed(origin, ctx);
    if (Array.isArray(allowed)) return allowed.includes(origin);
    return origin === (allowed || ctx.url.origin);
  };

  return async (ctx) => {
    const { method, headers } = ctx.req;
    if (method === "GET" || method === "HEAD" || method === "OPTIONS") {
      return await ctx.next();
    }
    const site = headers.get("Sec-Fetch-Site");
    const origin = headers.get("Origin");
    const passes = site === "same-origin" || site === "none" ||
      (origin === null ? site === null : isAllowed(origin, ctx));
    if (!passes) throw new HttpError(403);
    return await ctx.next();
  };
}
