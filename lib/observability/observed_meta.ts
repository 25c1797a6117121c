/** Around the doors to Meta: every call is counted and timed, and has a span if tracing is on. */
import type { MediaDownloader } from "@/lib/meta/media.ts";
import { GraphNetworkError, type GraphRequest, type GraphTransport } from "@/lib/meta/transport.ts";
import { type MetaCalls, outcomeOfStatus } from "@/lib/observability/meta_calls.ts";
import type { Tracing } from "@/lib/observability/tracing.ts";

/** Who is told. */
export interface MetaObserver {
  calls: MetaCalls;
  tracing: Tracing | null;
}

/** Parts of Graph API paths that are names; every other part is an id, or may be one. */
const NAMES = new Set([
  "messages",
  "register",
  "subscribed_apps",
  "phone_numbers",
  "debug_token",
]);

/** A path of the Graph API with "{id}" in the place of everything that is not a known name. */
export function pathTemplate(path: string): string {
  return path.split("/").map((part) => part === "" || NAMES.has(part) ? part : "{id}").join("/");
}

/** A transport whose calls are observed. */
export function observeTransport(
  transport: GraphTransport,
  options: MetaObserver & { graphUrl: string },
): GraphTransport {
  const { calls, tracing } = options;
  const host = new URL(options.graphUrl).hostname;
  return {
    request: async (request) => {
      const kind = isSend(request) ? "send" : "other";
      const span = tracing === null ? null : tracing.call({
        method: request.method,
        template: pathTemplate(request.path),
        host,
      });
      const startedAt = performance.now();
      try {
        const response = await transport.request(request);
        calls.ended(kind, outcomeOfStatus(response.status), performance.now() - startedAt);
        span?.end({ status: response.status });
        return response;
      } catch (error) {
        const isKnown = error instanceof GraphNetworkError;
        calls.ended(
          kind,
          isKnown ? error.certainty : "ambiguous",
          performance.now() - startedAt,
        );
        span?.end({ error: isKnown ? error.code : "fault" });
        throw error;
      }
    },
    close: () => transport.close(),
  };
}

/** A downloader whose calls are observed until the file begins to come. */
export function observeDownloader(
  downloader: MediaDownloader,
  { calls, tracing }: MetaObserver,
): MediaDownloader {
  return {
    open: async (options) => {
      const span = tracing?.call({ method: "GET", template: "/{file}", host: "media" }) ?? null;
      const startedAt = performance.now();
      const result = await downloader.open(options);
      calls.ended("media", result.ok ? "2xx" : "failed", performance.now() - startedAt);
      span?.end(result.ok ? { status: 200 } : { error: "no_file" });
      return result;
    },
    close: () => downloader.close(),
  };
}

function isSend({ method, path }: GraphRequest): boolean {
  return method === "POST" && path.endsWith("/messages");
}
