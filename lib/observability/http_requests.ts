/**
 * The requests of a server by method, route pattern and class of status. Paths never get here: they hold ids, tokens and
 * phone numbers, and each would be a series of its own.
 */
import { Durations, type Metric } from "@/lib/observability/instruments.ts";

/** RFC 9110, section 9, and RFC 5789. Anybody can make up others. */
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** What OpenTelemetry's conventions call a method that is none of those. */
const OTHER_METHOD = "_OTHER";

/** A method as a label. */
export function methodLabel(method: string): string {
  return METHODS.has(method) ? method : OTHER_METHOD;
}

interface RouteDurations {
  method: string;
  route: string;
  /** By the first digit of the status. */
  byClass: (Durations | undefined)[];
}

/** Counts and times requests. */
export class HttpRequests {
  readonly #routes = new Map<string, Map<string, RouteDurations>>();
  #active = 0;

  /** A request came in. */
  began(): void {
    this.#active++;
  }

  /** A request was answered. `route` is the pattern, null if none was reached. */
  ended(request: { method: string; route: string | null; status: number; ms: number }): void {
    this.#active--;
    const { byClass } = this.#of(methodLabel(request.method), request.route ?? "none");
    const index = Math.floor(request.status / 100);
    const known = byClass[index];
    const durations = known ?? new Durations();
    if (known === undefined) byClass[index] = durations;
    durations.observeMs(request.ms);
  }

  metrics(): Metric[] {
    const all = [...this.#routes.values()].flatMap((byMethod) => [...byMethod.values()]);
    return [
      {
        name: "http_server_request_duration_seconds",
        help: "Time from the head of a request to the head of its answer.",
        type: "histogram",
        samples: all.flatMap(({ method, route, byClass }) =>
          byClass.flatMap((durations, index) =>
            durations?.samples({ method, route, status_class: `${index}xx` }) ?? []
          )
        ),
      },
      {
        name: "http_server_active_requests",
        help: "Requests that have no answer yet.",
        type: "gauge",
        samples: [{ labels: {}, value: this.#active }],
      },
    ];
  }

  #of(method: string, route: string): RouteDurations {
    let byMethod = this.#routes.get(route);
    if (byMethod === undefined) this.#routes.set(route, byMethod = new Map());
    let durations = byMethod.get(method);
    if (durations === undefined) {
      byMethod.set(method, durations = { method, route, byClass: [] });
    }
    return durations;
  }
}
