/** `GET /metrics`: what this process counts, for Prometheus. Behind METRICS_TOKEN; see docs/observability.md. */
import { EXPOSITION_TYPE } from "@/lib/observability/instruments.ts";
import { judgeMetricsAccess } from "@/lib/observability/metrics_access.ts";
import { metricsText } from "@/lib/observability/metrics_text.ts";
import { define } from "@/lib/state.ts";

export const handler = define.handlers({
  GET: async ({ req, state: { services } }) => {
    const access = judgeMetricsAccess(req.headers.get("authorization"), {
      token: services.config.metricsToken,
    });
    if (access === "hidden") return text(404, "Not found\n");
    if (access === "refused") {
      return text(401, "Send METRICS_TOKEN as the bearer token\n", {
        "www-authenticate": 'Bearer realm="metrics"',
      });
    }
    return text(200, await metricsText(services), { "content-type": EXPOSITION_TYPE });
  },
});

function text(status: number, body: string, headers: Record<string, string> = {}): Response {
  return new Response(body, {
    status,
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
      ...headers,
    },
  });
}
