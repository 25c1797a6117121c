/**
 * What the API answers where no endpoint does: an unknown path, a method that HTTP servers hardly know, an error
 * outside of every endpoint. The application would show a page; under /api everything is JSON. None of it needs a key.
 */
import type { Context } from "fresh";
import { refuse } from "@/lib/api/endpoint.ts";
import { ApiError } from "@/lib/api/errors.ts";
import type { State } from "@/lib/state.ts";

/** The pattern of routes/api/[...path].ts. */
const ANY_PATH = "/api/:path*";

/** Every method that some endpoint may have. */
const METHODS = "DELETE, GET, HEAD, OPTIONS, PATCH, POST";

/** Whether a request is the API's to answer. */
export function isApiRequest(ctx: Context<State>): boolean {
  return /^\/api(\/|$)/.test(ctx.url.pathname);
}

/** The answer to a path that the API does not have. */
export function refuseUnknownPath(ctx: Context<State>): Response {
  return refuse(
    ctx,
    new ApiError(
      "not_found",
      "There is no such path in this API: the endpoints begin with /api/v1/",
    ),
  );
}

/** The answer to a method that no route is registered for, such as TRACE or PROPFIND. */
export function refuseUnknownMethod(ctx: Context<State>): Response {
  if (ctx.route === null || ctx.route === ANY_PATH) return refuseUnknownPath(ctx);
  return refuse(
    ctx,
    new ApiError(
      "method_not_allowed",
      `${ctx.req.method} is no method of this API: OPTIONS tells what a path takes`,
      { headers: { allow: METHODS } },
    ),
  );
}

/** The answer when something failed outside of every endpoint; the reason goes to the log. */
export function answerFailure(ctx: Context<State>): Response {
  const { requestId, services } = ctx.state;
  services.log.error("request_failed", {
    request_id: requestId,
    route: ctx.route,
    error: ctx.error,
  });
  return refuse(
    ctx,
    new ApiError(
      "internal",
      `Something failed on the server: look for the request id "${requestId}" in its log`,
    ),
  );
}
