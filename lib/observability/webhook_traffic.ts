/** The callbacks that came in, the events in them, and what became of those. */
import type { MetaEventKind } from "@/db/meta_events.ts";
import { countsFor, type Metric, samplesOf } from "@/lib/observability/instruments.ts";

/** `stored`: it is safe here. `refused`: nobody here signed it. `failed`: Meta was asked to send it again. */
const CALLBACK_RESULTS = ["stored", "refused", "failed"] as const;

const EVENT_KINDS = [
  "status",
  "message",
  "user_id_update",
  "other",
] as const satisfies readonly MetaEventKind[];

/**
 * `applied`: it changed what it is about, or that had been so already. `waiting`: its message is not here yet, or it
 * met another event on the same row; it is tried again. `unmatched`: its message never came. `ignored`: nothing that is
 * kept here. `failed`: it cannot be understood, or failed too often. `retried`: it failed and is tried again.
 */
const EVENT_RESULTS = [
  "applied",
  "waiting",
  "unmatched",
  "ignored",
  "failed",
  "retried",
] as const;

/** What became of an event at one try. */
export type EventResult = (typeof EVENT_RESULTS)[number];

/** Counts callbacks and events. */
export class WebhookTraffic {
  readonly callbacks = countsFor(CALLBACK_RESULTS);
  readonly received = countsFor(EVENT_KINDS);
  readonly results = countsFor(EVENT_RESULTS);

  metrics(): Metric[] {
    return [
      {
        name: "webhook_callbacks_total",
        help: "Callbacks from Meta and from the sandbox, by what they were answered with.",
        type: "counter",
        samples: samplesOf(this.callbacks, (outcome) => ({ outcome })),
      },
      {
        name: "webhook_events_received_total",
        help: "Events that were stored, by kind.",
        type: "counter",
        samples: samplesOf(this.received, (kind) => ({ kind })),
      },
      {
        name: "webhook_events_applied_total",
        help: "Tries to apply an event, by what they came to.",
        type: "counter",
        samples: samplesOf(this.results, (outcome) => ({ outcome })),
      },
    ];
  }
}
