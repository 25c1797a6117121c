/**
 * An OpenTelemetry collector over HTTP, as far as tests need one: it takes what an exporter posts, keeps the bytes, and
 * reads the spans out of them (http/json). Sources: OTLP specification 1.x, "OTLP/HTTP", and opentelemetry-proto.
 */
import { eventually } from "@/tests/helpers/eventually.ts";

/** A span as it was received. */
export interface CollectedSpan {
  traceId: string;
  spanId: string;
  /** Empty for the first of a trace. */
  parentSpanId: string;
  name: string;
  /** 2 server, 3 client. */
  kind: number;
  attributes: Record<string, string>;
  /** 2: error. */
  status: number;
  /** Of the instrumentation that made it. */
  scope: string;
}

/** What was posted once. */
export interface CollectedExport {
  path: string;
  text: string;
}

/** A running collector. */
export interface OtlpCollector extends AsyncDisposable {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  url: string;
  /** Everything that was posted so far. */
  exports(): CollectedExport[];
  spans(): CollectedSpan[];
  /** Resolves with the spans once the condition holds; rejects after 15 s. */
  waitForSpans(isMet: (spans: CollectedSpan[]) => boolean): Promise<CollectedSpan[]>;
}

const WAIT_MS = 15_000;

/** Starts a collector on a free port of 127.0.0.1. */
export function startOtlpCollector(): OtlpCollector {
  const posted: CollectedExport[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (req) => {
      posted.push({ path: new URL(req.url).pathname, text: await req.text() });
      return Response.json({});
    },
  );
  const spans = () =>
    posted.filter(({ path }) => path === "/v1/traces").flatMap(({ text }) => readSpans(text));
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    exports: () => [...posted],
    spans,
    waitForSpans: (isMet) =>
      eventually(() => {
        const all = spans();
        return isMet(all) ? all : null;
      }, WAIT_MS),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

// deno-lint-ignore no-explicit-any -- the shape is OTLP's
type Json = any;

function readSpans(text: string): CollectedSpan[] {
  const { resourceSpans }: Json = JSON.parse(text);
  return resourceSpans.flatMap(({ scopeSpans }: Json) =>
    scopeSpans.flatMap(({ scope, spans }: Json) =>
      spans.map((span: Json): CollectedSpan => ({
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId ?? "",
        name: span.name,
        kind: span.kind,
        attributes: Object.fromEntries(
          span.attributes.map(({ key, value }: Json) => [key, String(Object.values(value)[0])]),
        ),
        status: span.status?.code ?? 0,
        scope: scope?.name ?? "",
      }))
    )
  );
}
