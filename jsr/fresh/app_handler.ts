/**
 * Owns what happens to each request: path, route, chain of middlewares, and
 * the plain answers for what nothing else answers (404, 405, OPTIONS, 500). An
 * error's own message is never sent unless it is an `HttpError`.
 */
import { Context, type ResolvedFreshConfig } from "./context.ts";
import { HttpError, STATUS_TEXTS } from "./http_error.ts";
import type { Middleware } from "./middleware.ts";
import { requestPath } from "./request_path.ts";
import type { RouteTable } from "./route_table.ts";

/** Answers a request. */
export type AppHandler = (req: Request, info?: Deno.ServeHandlerInfo) => Promise<Response>;

/** Stands for the connection where there is none, as in tests. */
const NO_CONNECTION: Deno.ServeHandlerInfo = {
  remoteAddr: { transport: "tcp", hostname: "localhost", port: 1234 },
  completed: Promise.resolve(),
};

/** Makes the handler of an app; `unmatched` runs for requests without a route. */
export function makeAppHandler<State>(options: {
  config: ResolvedFreshConfig;
  table: RouteTable<Middleware<State>>;
  unmatched: Middleware<State>;
}): AppHandler {
  const { config, table, unmatched } = options;
  return async (req, info = NO_CONNECTION) => {
    const path = pathOrNull(req);
    if (path === null) return new Response("Bad Request", { status: 400 });

    const method = req.method.toUpperCase();
    const match = table.find(path);
    const byMethod = match?.entry.byMethod;
    const chain = byMethod?.get(method) ??
      (method === "HEAD" ? byMethod?.get("GET") : undefined);
    const ctx = new Context<State>(req, {
      path,
      info,
      config,
      route: match?.entry.pattern ?? null,
      params: chain !== undefined && match !== null ? match.params : {},
      next: byMethod === undefined || chain !== undefined
        ? endNotFound
        : () => endUnserved(method, [...byMethod.keys()]),
    });
    try {
      const response = await (chain ?? unmatched)(ctx);
      if (!(response instanceof Response)) {
        throw new Error(`Expected a "Response", but got: ${response}`);
      }
      if (method !== "HEAD" || response.body === null) return response;
      await response.body.cancel();
      return new Response(null, response);
    } catch (error) {
      return answerError(error);
    }
  };
}

/** A malformed `Host` header leaves the request without a valid URL. */
function pathOrNull(req: Request): string | null {
  try {
    return requestPath(req.url);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

function endNotFound(): Promise<Response> {
  return Promise.reject(new HttpError(404));
}

function endUnserved(method: string, served: string[]): Promise<Response> {
  if (method !== "OPTIONS") return Promise.reject(new HttpError(405));
  const headers = { Allow: served.join(", ") };
  return Promise.resolve(new Response(null, { status: 204, headers }));
}

function answerError(error: unknown): Response {
  const known = error instanceof HttpError ? error : null;
  if (known === null || known.status >= 500) {
    // The last resort: an application with a log of its own catches errors.
    // deno-lint-ignore no-console
    console.error(error);
  }
  if (known === null) {
    return new Response("Internal server error", { status: 500 });
  }
  const text = known.message || STATUS_TEXTS[known.status];
  return new Response(text, { status: known.status });
}
