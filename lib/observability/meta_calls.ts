/**
 * The calls to Meta, by what they are for and how they ended. "send" is a message, "media" the download of a file,
 * "other" everything that is asked while a number is connected and checked.
 */
import { Durations, type Metric } from "@/lib/observability/instruments.ts";

/** What a call is for. */
export type MetaCallKind = "send" | "media" | "other";

/**
 * Classes of status, or why there is no answer: not a byte went out, or nobody knows how far it came. A file that cannot
 * be had is "failed".
 */
export type MetaCallOutcome =
  | "2xx"
  | "3xx"
  | "4xx"
  | "5xx"
  | "never_written"
  | "ambiguous"
  | "failed";

/** Counts and times calls. */
export class MetaCalls {
  readonly #durations = new Map<MetaCallKind, Map<MetaCallOutcome, Durations>>();

  /** A call ended; `ms` is its time. */
  ended(call: MetaCallKind, outcome: MetaCallOutcome, ms: number): void {
    let byOutcome = this.#durations.get(call);
    if (byOutcome === undefined) this.#durations.set(call, byOutcome = new Map());
    let durations = byOutcome.get(outcome);
    if (durations === undefined) byOutcome.set(outcome, durations = new Durations());
    durations.observeMs(ms);
  }

  metrics(): Metric[] {
    return [{
      name: "meta_request_duration_seconds",
      help: "Time of a call to Meta, every attempt by itself, with the wait for a connection.",
      type: "histogram",
      samples: [...this.#durations].flatMap(([call, byOutcome]) =>
        [...byOutcome].flatMap(([outcome, durations]) => durations.samples({ call, outcome }))
      ),
    }];
  }
}

/** The outcome of a call that was answered. */
export function outcomeOfStatus(status: number): MetaCallOutcome {
  if (status >= 500) return "5xx";
  if (status >= 400) return "4xx";
  return status >= 300 ? "3xx" : "2xx";
}
