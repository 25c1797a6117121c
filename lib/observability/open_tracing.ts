/** Turns tracing on when a server starts, and makes sure that it exports what this server says and nothing else. */
import { type Config, ConfigError } from "@/lib/config.ts";
import { Tracing } from "@/lib/observability/tracing.ts";

/** Where the runtime puts its tracer for everybody; there only if it makes spans of its own accord. */
const REGISTRY = Symbol.for("opentelemetry.js.api.1");

/**
 * The tracing of this process; null without OTEL_DENO.
 *
 * @throws ConfigError when the runtime would export URLs, or has no exporter
 */
export function openTracing(config: Pick<Config, "tracing">): Tracing | null {
  if (makesOwnSpans()) {
    throw new ConfigError([
      "OTEL_DENO makes the runtime export every URL, with the tokens and phone numbers in it: start the server with " +
      '"deno task start", or set OTEL_DENO_TRACING=false, OTEL_DENO_METRICS=true and OTEL_DENO_CONSOLE=ignore',
    ]);
  }
  if (!config.tracing) return null;
  const tracing = new Tracing();
  const fault = tracing.findFault();
  if (fault !== null) {
    throw new ConfigError([
      `OTEL_DENO is true, but the runtime exports nothing (${fault}): start the server with ` +
      '"deno task start", or set OTEL_DENO_METRICS=true, and leave OTEL_SDK_DISABLED away',
    ]);
  }
  return tracing;
}

function makesOwnSpans(): boolean {
  const registry: unknown = Reflect.get(globalThis, REGISTRY);
  return typeof registry === "object" && registry !== null && "trace" in registry;
}
