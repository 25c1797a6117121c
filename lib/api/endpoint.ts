/**
 * What every API endpoint is made of. `methods` answers a path's wrong methods, HEAD and OPTIONS; `endpoint` does who,
 * how often and whether, and calls the handler. Turning whatever comes out into an answer and a line of the request
 * log is answer.ts's.
 */
import type { Context } from "fresh";
import { answerRequest, type LoggedDetails } from "@/lib/api/answer.ts";
import {
  authenticate,
  requireAllowance,
  requireScope,
  setRateLimitHeaders,
} from "@/lib/api/authenticate.ts";
import { type ApiResult, errorResponse } from "@/lib/api/envelope.ts";
import { ApiError } from "@/lib/api/errors.ts";
import type { AuthorizedKey } from "@/db/api_keys.ts";
import { clientAddress } from "@/lib/http/client_address.ts";
import type { Scope } from "@/lib/keys/scopes.ts";
import type { Services } from "@/lib/services.ts";
import type { State } from "@/lib/state.ts";

/** A request whose key was accepted. */
export interface ApiCall {
  ctx: Context<State>;
  services: Services;
  key: AuthorizedKey;
  requestId: string;
  /** What the request log should say beyond the obvious. */
  logged: LoggedDetails;
}

type Handler = (ctx: Context<State>) => Promise<Response>;

/** One method of a path. `scope` null: any valid key may call it. */
export function endpoint(
  options: { scope: Scope | null; handle: (call: ApiCall) => Promise<ApiResult | Response> },
): Handler {
  return (ctx) => {
    const { services, requestId } = ctx.state;
    return answerRequest(services, {
      requestId,
      method: ctx.req.method,
      route: ctx.route ?? "",
      handle: async ({ headers, logged, setCaller }) => {
        const { db: { sql }, failedAuthentications: failures } = services;
        const key = await authenticate({ sql, failures }, {
          authorization: ctx.req.headers.get("authorization"),
          address: clientAddress({ headers: ctx.req.headers, info: ctx.info }, services.config),
          onFound: (found) => {
            setCaller({ accountId: found.account_id, apiKeyId: found.key_id });
            ctx.state.keyPrefix = found.prefix;
            setRateLimitHeaders(headers, found);
          },
        });
        requireAllowance(key);
        requireScope(key, options.scope);
        return await options.handle({ ctx, services, key, requestId, logged });
      },
    });
  };
}

/** The handler of a path, from an endpoint per method. */
export function methods(
  endpoints: Partial<Record<"GET" | "POST" | "PATCH" | "DELETE", Handler>>,
): Handler {
  const allowed = new Set(Object.keys(endpoints));
  if (allowed.has("GET")) allowed.add("HEAD");
  const allow = [...allowed, "OPTIONS"].sort().join(", ");
  const table = new Map(Object.entries(endpoints));
  return async (ctx) => {
    const { method } = ctx.req;
    const handler = table.get(method);
    if (handler !== undefined) return await handler(ctx);
    if (method === "HEAD" && endpoints.GET !== undefined) {
      const answer = await endpoints.GET(ctx);
      // The server would say 0, which is not what GET says (RFC 9110, section 8.6).
      answer.headers.set("content-length", await lengthOf(answer));
      return new Response(null, { status: answer.status, headers: answer.headers });
    }
    if (method === "OPTIONS") return new Response(null, { status: 204, headers: { allow } });
    return refuse(
      ctx,
      new ApiError("method_not_allowed", `${method} is not possible here: use ${allow}`, {
        headers: { allow },
      }),
    );
  };
}

/** The length of an answer's body as it says itself, so that a file is not fetched for it; else counted. */
async function lengthOf({ headers, body }: Response): Promise<string> {
  const told = headers.get("content-length");
  if (told !== null) {
    await body?.cancel();
    return told;
  }
  let length = 0;
  for await (const piece of body ?? []) length += piece.length;
  return String(length);
}

/** An error answer from outside an endpoint, such as for an unknown path. */
export function refuse(ctx: Context<State>, error: ApiError): Response {
  return errorResponse(error, {
    requestId: ctx.state.requestId,
    appUrl: ctx.state.services.config.appUrl,
    headers: new Headers(),
  });
}
