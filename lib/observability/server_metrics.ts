/**
 * What a server process counts about itself. It begins at nothing with the process: Prometheus knows how to read a
 * counter that starts again.
 */
import { HttpRequests } from "@/lib/observability/http_requests.ts";
import type { Metric } from "@/lib/observability/instruments.ts";
import { MetaCalls } from "@/lib/observability/meta_calls.ts";
import { SendResults } from "@/lib/observability/send_results.ts";
import { WebhookTraffic } from "@/lib/observability/webhook_traffic.ts";

/** The counters of a process. */
export class ServerMetrics {
  readonly http: HttpRequests = new HttpRequests();
  readonly sends: SendResults = new SendResults();
  readonly meta: MetaCalls = new MetaCalls();
  readonly webhooks: WebhookTraffic = new WebhookTraffic();

  metrics(): Metric[] {
    return [this.http, this.sends, this.meta, this.webhooks].flatMap((part) => part.metrics());
  }
}
