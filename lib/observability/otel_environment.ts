/**
 * The OpenTelemetry variables that reach a server process. With OTEL_DENO=true those that say where spans and figures
 * go, who sends them and how many; without it none. What would export more than this server means to say is fixed here:
 * the runtime's own spans of requests and calls (they hold whole URLs), what is printed on the console, and headers that
 * carry a trace to other hosts.
 */

/** What an operator may set, beside OTEL_DENO. */
export const OTEL_NAMES: readonly string[] = [
  "OTEL_SERVICE_NAME",
  "OTEL_RESOURCE_ATTRIBUTES",
  "OTEL_EXPORTER_OTLP_ENDPOINT",
  "OTEL_EXPORTER_OTLP_PROTOCOL",
  "OTEL_EXPORTER_OTLP_HEADERS",
  "OTEL_EXPORTER_OTLP_TIMEOUT",
  "OTEL_EXPORTER_OTLP_CERTIFICATE",
  "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE",
  "OTEL_EXPORTER_OTLP_CLIENT_KEY",
  "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
  "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
  "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
  "OTEL_EXPORTER_OTLP_METRICS_HEADERS",
  "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
  "OTEL_METRIC_EXPORT_INTERVAL",
  "OTEL_TRACES_SAMPLER",
  "OTEL_TRACES_SAMPLER_ARG",
  "OTEL_BSP_SCHEDULE_DELAY",
  "OTEL_BSP_MAX_QUEUE_SIZE",
  "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
  "OTEL_BSP_EXPORT_TIMEOUT",
];

const DEFAULTS = { OTEL_SERVICE_NAME: "whatsapp-messages-api" };

const FIXED = {
  OTEL_DENO: "true",
  OTEL_DENO_TRACING: "false",
  // The exporter, which the spans share, exists only where figures are exported too.
  OTEL_DENO_METRICS: "true",
  OTEL_DENO_CONSOLE: "ignore",
  OTEL_PROPAGATORS: "none",
};

/**
 * The environment of a server process: all that is not of OpenTelemetry as it is, and of OpenTelemetry what is meant to
 * be there.
 */
export function withTelemetry(
  environment: Readonly<Record<string, string>>,
  options: { isOn: boolean },
): Record<string, string> {
  const entries = Object.entries(environment);
  const others = entries.filter(([name]) => !name.startsWith("OTEL_"));
  if (!options.isOn) return Object.fromEntries(others);
  const allowed = entries.filter(([name, value]) => OTEL_NAMES.includes(name) && value !== "");
  return { ...DEFAULTS, ...Object.fromEntries([...others, ...allowed]), ...FIXED };
}
