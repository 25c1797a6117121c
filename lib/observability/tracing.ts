/**
 * Spans through the OpenTelemetry support of the runtime: a request, the statements that are done for it, its calls to
 * Meta. Names and attributes are patterns, kinds and codes, never a path, a query, a value or a text. The runtime's own
 * spans of requests would export all URLs, with the tokens and phone numbers in them, and what they have said cannot be
 * taken back; they stay off (otel_environment.ts), and its exporter is given these.
 */
import type { StatementEnd, StatementObserver } from "@/db/observe_statements.ts";
import { methodLabel } from "@/lib/observability/http_requests.ts";

/** A span, as far as it is needed here. */
interface Span {
  setAttribute(name: string, value: string | bigint): void;
  setStatus(status: { code: number }): void;
  updateName(name: string): void;
  spanContext(): { traceId: string };
  end(): void;
}

interface Context {
  getValue(key: symbol): unknown;
  setValue(key: symbol, value: unknown): Context;
}

interface Tracer {
  startSpan(name: string, options: { kind: number }, context: Context): Span;
}

interface ContextManager {
  active(): Context;
  with<Result>(context: Context, run: () => Result): Result;
}

/** A request under way. */
export interface RequestSpan {
  /** In hexadecimal digits, for the log. */
  traceId: string;
  /** The answer is made. `route` is the pattern, null if none was reached. */
  end(answer: { route: string | null; status: number }): void;
}

/** A call to Meta under way. */
export interface CallSpan {
  /** `status` null: no answer came, for the reason `error`, which is a code. */
  end(outcome: { status: number } | { error: string }): void;
}

// OpenTelemetry's own numbers and key.
const SERVER = 1;
const CLIENT = 2;
const ERROR = 2;
const SPAN_KEY = Symbol.for("OpenTelemetry Context Key SPAN");

/** Of a context: the request that everything in it is done for. */
const REQUEST_KEY = Symbol("request");

/** W3C Trace Context, section 3.2: version, trace, caller's span, flags. */
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Makes spans. */
export class Tracing implements StatementObserver {
  readonly #tracer: Tracer;
  readonly #contexts: ContextManager;
  readonly #root: Context;

  constructor() {
    this.#tracer = Deno.telemetry.tracerProvider.getTracer("messages-api");
    this.#contexts = Deno.telemetry.contextManager as unknown as ContextManager;
    this.#root = this.#contexts.active();
  }

  /** Why no span can be made; null if one can. */
  findFault(): string | null {
    try {
      // Without an end it is never exported.
      this.#tracer.startSpan("start", { kind: SERVER }, this.#root);
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** Runs a request inside a span of its own; a caller that has a trace finds it there. */
  request<Result>(req: Request, run: (span: RequestSpan) => Result): Result {
    const method = methodLabel(req.method);
    const parent = this.#callersContext(req.headers.get("traceparent"));
    const span = this.#tracer.startSpan(method, { kind: SERVER }, parent);
    span.setAttribute("http.request.method", method);
    const request = { isOpen: true };
    const context = this.#root.setValue(SPAN_KEY, span).setValue(REQUEST_KEY, request);
    return this.#contexts.with(context, () =>
      run({
        traceId: span.spanContext().traceId,
        end: ({ route, status }) => {
          request.isOpen = false;
          if (route !== null) {
            span.updateName(`${method} ${route}`);
            span.setAttribute("http.route", route);
          }
          span.setAttribute("http.response.status_code", BigInt(status));
          if (status >= 500) fail(span, String(status));
          span.end();
        },
      }));
  }

  /** A call to Meta; `template` is its path with names in the place of ids. Null: it is done for no request. */
  call(call: { method: string; template: string; host: string }): CallSpan | null {
    const span = this.#child(`${call.method} ${call.template}`);
    if (span === null) return null;
    span.setAttribute("http.request.method", call.method);
    span.setAttribute("url.template", call.template);
    span.setAttribute("server.address", call.host);
    return {
      end: (outcome) => {
        if ("error" in outcome) fail(span, outcome.error);
        else {
          span.setAttribute("http.response.status_code", BigInt(outcome.status));
          if (outcome.status >= 400) fail(span, String(outcome.status));
        }
        span.end();
      },
    };
  }

  begin(name: string): StatementEnd | null {
    const span = this.#child(name);
    if (span === null) return null;
    span.setAttribute("db.system.name", "postgresql");
    span.setAttribute("db.operation.name", name.split(" ")[0] ?? name);
    return (failure) => {
      if (failure !== null) fail(span, codeOf(failure));
      span.end();
    };
  }

  forNobody<Result>(run: () => Result): Result {
    return this.#contexts.with(this.#root, run);
  }

  /** A span below that of the request, as long as the request has no answer. */
  #child(name: string): Span | null {
    const context = this.#contexts.active();
    const request = context.getValue(REQUEST_KEY) as { isOpen: boolean } | undefined;
    return request?.isOpen ? this.#tracer.startSpan(name, { kind: CLIENT }, context) : null;
  }

  #callersContext(traceparent: string | null): Context {
    const [, traceId = "", spanId = "", flags = ""] = TRACEPARENT.exec(traceparent ?? "") ?? [];
    if (/^0*$/.test(traceId) || /^0*$/.test(spanId)) return this.#root;
    const spanContext = { traceId, spanId, traceFlags: parseInt(flags, 16), isRemote: true };
    return this.#root.setValue(SPAN_KEY, { spanContext: () => spanContext });
  }
}

function fail(span: Span, type: string): void {
  span.setAttribute("error.type", type);
  span.setStatus({ code: ERROR });
}

/** A code or a name: a message may quote values. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
