/**
 * What every API endpoint is made of. `methods` answers a path's wrong methods, HEAD and OPTIONS; `endpoint` does who,
 * how often and whether, and calls the handler. Turning whatever comes out into an answer and a line of the request
 * log is answer.ts's.
 */
import type { Context } from "fresh";
import { type Answering, answerRequest, type LoggedDetails } from "@/lib/api/answer.ts";
import {
  authenticate,
  hashOfBearer,
  requireAllowance,
  requireScope,
  setRateLimitHeaders,
} from "@/lib/api/authenticate.ts";
import { type JsonObject, readJsonBody } from "@/lib/api/body.ts";
import { type ApiResult, errorResponse } from "@/lib/api/envelope.ts";
import { ApiError } from "@/lib/api/errors.ts";
import { KeyProof, KeyRefusedError } from "@/lib/api/known_keys.ts";
import type { Operation } from "@/lib/api/operation.ts";
import type { AuthorizedKey } from "@/db/api_keys.ts";
import { DatabaseUnavailableError } from "@/db/errors.ts";
import { clientAddress } from "@/lib/http/client_address.ts";
import type { Scope } from "@/lib/keys/scopes.ts";
import type { Services } from "@/lib/services.ts";
import type { State } from "@/lib/state.ts";

/** A request whose key was accepted. */
export interface ApiCall {
  ctx: Context<State>;
  services: Services;
  key: AuthorizedKey;
  /** Owed to the database if the key was good only a moment ago; see `provesKey`. */
  proof: KeyProof | null;
  requestId: string;
  /** The body, read at the first call. */
  readBody(): Promise<JsonObject>;
  /** What the request log should say beyond the obvious. */
  logged: LoggedDetails;
}

type Handler = (ctx: Context<State>) => Promise<Response>;

interface EndpointOptions<Data> {
  /** What it is: the scope that it needs, and what the API's document says of it. */
  operation: Operation<Data>;
  /** The handler settles `call.proof` with the first thing that it does, and does nothing before. */
  provesKey?: true;
  handle: (call: ApiCall) => Promise<ApiResult<Data> | Response>;
}

/** One method of a path. */
export function endpoint<Data>(options: EndpointOptions<Data>): Handler {
  return (ctx) => {
    const { services, requestId } = ctx.state;
    return answerRequest(services, {
      requestId,
      method: ctx.req.method,
      route: ctx.route ?? "",
      handle: (answering) => {
        let body: Promise<JsonObject> | null = null;
        const readBody = () => body ??= readJsonBody(ctx.req);
        const { logged } = answering;
        const run: Run = (key, proof) =>
          options.handle({ ctx, services, key, proof, requestId, readBody, logged });
        const { operation: { scope }, provesKey = false } = options;
        return authorize({ ctx, services, answering, scope, provesKey, run });
      },
    });
  };
}

type Run = (key: AuthorizedKey, proof: KeyProof | null) => Promise<ApiResult | Response>;

interface Authorizing {
  ctx: Context<State>;
  services: Services;
  answering: Answering;
  scope: Scope | null;
  provesKey: boolean;
  run: Run;
}

/** Key, rate limit, scope, and then the handler. */
async function authorize(request: Authorizing): Promise<ApiResult | Response> {
  const { ctx, services, answering, scope, run } = request;
  const authorization = ctx.req.headers.get("authorization");
  const keyHash = request.provesKey ? hashOfBearer(authorization) : null;
  const early = keyHash === null ? null : await runWithKnownKey(request, keyHash);
  if (early !== null && "result" in early) return early.result;
  const { keyLookups: keys, failedAuthentications: failures } = services;
  const key = await authenticate({ keys, failures }, {
    authorization,
    address: () => clientAddress({ headers: ctx.req.headers, info: ctx.info }, services.config),
    onFound: (found) => {
      noteCaller(request, found);
      setRateLimitHeaders(answering.headers, found);
    },
  });
  if (keyHash !== null) services.knownKeys.remember(keyHash, key);
  requireAllowance(key);
  requireScope(key, scope);
  // The key is good, so what failed before it was proved is the answer.
  if (early !== null && !(early.failure instanceof KeyRefusedError)) throw early.failure;
  return await run(key, null);
}

/**
 * Runs the handler with a key that was good a moment ago. Null: it is not known. A failure is one from before the key was
 * proved; who calls is to be found out before it is told.
 */
async function runWithKnownKey(
  request: Authorizing,
  keyHash: Uint8Array,
): Promise<{ result: ApiResult | Response } | { failure: unknown } | null> {
  const { services, scope, run } = request;
  const key = services.knownKeys.find(keyHash);
  if (key === null || (scope !== null && !key.scopes.includes(scope))) return null;
  const proof = new KeyProof(keyHash);
  try {
    const result = await run(key, proof);
    noteCaller(request, key);
    return { result };
  } catch (failure) {
    if (proof.proved) {
      noteCaller(request, key);
      throw failure;
    }
    // Asking it for the key would end no better.
    if (failure instanceof DatabaseUnavailableError) throw failure;
    services.knownKeys.forget(keyHash);
    return { failure };
  }
}

function noteCaller({ ctx, answering }: Authorizing, key: AuthorizedKey): void {
  answering.setCaller({ accountId: key.account_id, apiKeyId: key.key_id });
  ctx.state.keyPrefix = key.prefix;
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
      if (answer.status !== 304) answer.headers.set("content-length", await lengthOf(answer));
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
