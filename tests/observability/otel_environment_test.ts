/** Which of OpenTelemetry's variables reach a server. */
import { assert, assertEquals } from "@std/assert";
import { OTEL_NAMES, withTelemetry } from "@/lib/observability/otel_environment.ts";
import { readRepoFile } from "@/tests/helpers/repo_files.ts";

const GIVEN = {
  PORT: "8000",
  HOME: "/root",
  OTEL_DENO: "true",
  OTEL_DENO_TRACING: "true",
  OTEL_DENO_METRICS: "false",
  OTEL_DENO_CONSOLE: "capture",
  OTEL_PROPAGATORS: "tracecontext",
  OTEL_SDK_DISABLED: "true",
  OTEL_LOGS_EXPORTER: "otlp",
  OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: "1",
  OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318",
  OTEL_TRACES_SAMPLER: "",
};

Deno.test("withTelemetry() hands on what is listed, and decides what is exported", () => {
  assertEquals(withTelemetry(GIVEN, { isOn: true }), {
    PORT: "8000",
    HOME: "/root",
    OTEL_SERVICE_NAME: "whatsapp-messages-api",
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318",
    OTEL_DENO: "true",
    OTEL_DENO_TRACING: "false",
    OTEL_DENO_METRICS: "true",
    OTEL_DENO_CONSOLE: "ignore",
    OTEL_PROPAGATORS: "none",
  });
  assertEquals(
    withTelemetry({ OTEL_SERVICE_NAME: "mine" }, { isOn: true }).OTEL_SERVICE_NAME,
    "mine",
  );
});

Deno.test("withTelemetry() hands on nothing of OpenTelemetry when it is off", () => {
  assertEquals(withTelemetry(GIVEN, { isOn: false }), { PORT: "8000", HOME: "/root" });
});

Deno.test("docs/observability.md lists exactly the variables that are handed on", async () => {
  const text = await readRepoFile("docs/observability.md");
  const [, list = ""] = /These variables are handed on([^]*?)\n`OTEL_DENO=true`/.exec(text) ?? [];
  const names = [...list.matchAll(/`(OTEL_\w+)`/g)].map(([, name = ""]) => name)
    .filter((name) => name !== "OTEL_");
  assert(names.length > 15);
  assertEquals(names.toSorted(), OTEL_NAMES.toSorted());
});
