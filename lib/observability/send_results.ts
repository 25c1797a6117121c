/** What became of messages that were to be sent, for each mode. */
import type { Mode } from "@/lib/keys/key_format.ts";
import { countsFor, type Metric, samplesOf } from "@/lib/observability/instruments.ts";

/**
 * `accepted`: Meta took it. `failed`: Meta refused it or was not reached. `unknown`: Meta may have taken it. `replayed`:
 * an earlier request with the same idempotency key had been accepted. `refused`: it was turned away here and is no
 * message: no number, a conflict of keys, too many at once, no database.
 */
export const SEND_RESULTS = ["accepted", "failed", "unknown", "replayed", "refused"] as const;
export type SendResult = (typeof SEND_RESULTS)[number];

/** Counts sends. */
export class SendResults {
  readonly #counts = { live: countsFor(SEND_RESULTS), test: countsFor(SEND_RESULTS) };

  /** One send came to its end. */
  add(mode: Mode, result: SendResult): void {
    this.#counts[mode][result].value++;
  }

  metrics(): Metric[] {
    return [{
      name: "messages_sent_total",
      help: "Messages that were to be sent, by mode and by what became of them.",
      type: "counter",
      samples: (["live", "test"] as const).flatMap((mode) =>
        samplesOf(this.#counts[mode], (outcome) => ({ mode, outcome }))
      ),
    }];
  }
}
