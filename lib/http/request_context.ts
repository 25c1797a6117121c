/**
 * What surrounds every request: its id, its line in the access log, and the services it may use. In two parts, because
 * some answers are made outside of all middleware (error pages, a malformed Host): `observe` stands around the whole
 * application, `requestContext` inside of it. A log line has the route's pattern, never the URL: paths and queries can
 * hold tokens and phone numbers.
 */
import type { Middleware } from "fresh";
import { setSecurityHeaders } from "@/lib/http/security_headers.ts";
import { makeId } from "@/lib/ids.ts";
import type { RequestSpan } from "@/lib/observability/tracing.ts";
import type { Services } from "@/lib/services.ts";
import type { State } from "@/lib/state.ts";

type Handler = (
  req: Request,
  info: Deno.ServeHandlerInfo<Deno.NetAddr>,
) => Promise<Response>;

/** What the outer part hands in, and what the inner part learns on the way. */
interface Observed {
  requestId: string;
  /** The matched route; null if none was reached. */
  route: string | null;
  /** The request's state, once there is one. */
  state: State | null;
}

const REQUEST_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/**
 * A host and perhaps a port (RFC 9110, section 7.2). The URL of a request is its Host and its target put together: with
 * anything else, such as a slash, another path would be served than the request line says.
 */
const HOST = /^(\[[0-9A-Fa-f:.]+\]|[\w.~!$&'()*+,;=%-]*)(:\d*)?$/;

const observed = new WeakMap<Request, Observed>();

/**
 * Puts the request id and the security headers on every answer, and a line about it into the log; counts it, and tells
 * its span how it ended if there are spans.
 */
export function observe(services: Services, handler: Handler): Handler {
  const { metrics, tracing } = services;
  const answer = async (
    req: Request,
    info: Deno.ServeHandlerInfo<Deno.NetAddr>,
    span: RequestSpan | null,
  ): Promise<Response> => {
    const startedAt = performance.now();
    metrics.http.began();
    const given = req.headers.get("x-request-id");
    const requestId = given !== null && REQUEST_ID.test(given) ? given : makeId();
    const seen: Observed = { requestId, route: null, state: null };
    observed.set(req, seen);
    const response = HOST.test(req.headers.get("host") ?? "")
      ? await handler(req, info)
      : new Response("Bad Request", { status: 400 });
    const ms = performance.now() - startedAt;
    const { method } = req;
    const { route } = seen;
    const { status } = response;
    metrics.http.ended({ method, route, status, ms });
    span?.end({ route, status });
    services.log.info("request", {
      method,
      route: route ?? "none",
      status,
      duration_ms: Math.round(ms * 10) / 10,
      request_id: requestId,
      ...(seen.state?.keyPrefix ? { key: seen.state.keyPrefix } : {}),
      ...(span === null ? {} : { trace_id: span.traceId }),
    });
    return finish(response, requestId);
  };
  if (tracing === null) return (req, info) => answer(req, info, null);
  return (req, info) => tracing.request(req, (span) => answer(req, info, span));
}

/** The first middleware: fills the state. */
export function requestContext(services: Services): Middleware<State> {
  return (ctx) => {
    const seen = observed.get(ctx.req);
    ctx.state.services = services;
    ctx.state.requestId = seen?.requestId ?? makeId();
    ctx.state.keyPrefix = null;
    if (seen !== undefined) {
      seen.route = ctx.route;
      seen.state = ctx.state;
    }
    return ctx.next();
  };
}

function finish(response: Response, requestId: string): Response {
  const answer = withMutableHeaders(response);
  answer.headers.set("x-request-id", requestId);
  setSecurityHeaders(answer.headers);
  return answer;
}

/** Some answers (Response.redirect) have headers that cannot be changed. */
function withMutableHeaders(response: Response): Response {
  try {
    response.headers.delete("x-request-id");
    return response;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return new Response(response.body, {
      status: response.status,
      headers: new Headers(response.headers),
    });
  }
}
