/**
 * Works on the stored events: takes up a batch, applies it, and tries again later what has no message yet. Every
 * instance runs one; a batch that a dead process took up is due again after 20 s. Woken by the callbacks of this
 * process, and looks about once a second for those of others.
 */
import { bounded } from "@/db/errors.ts";
import { claimMetaEvents } from "@/db/meta_events.ts";
import { forNobody } from "@/db/observe_statements.ts";
import type { Sql } from "@/db/connect.ts";
import type { Logger } from "@/lib/log.ts";
import type { WebhookTraffic } from "@/lib/observability/webhook_traffic.ts";
import { applyEvents } from "@/lib/webhooks/apply_events.ts";

const BATCH_SIZE = 100;
const CLAIM_MS = 20_000;
const IDLE_MS = 1_000;
/** From a callback to its processing: those that come meanwhile are taken up with it. */
const GATHER_MS = 50;
const CLAIM_TIMEOUT_MS = 10_000;

/** The loop over the stored events. */
export class EventWorker {
  readonly #sql: Sql;
  readonly #log: Logger;
  /** How many statements are under way at the same time. */
  readonly #parallel: number;
  readonly #results: WebhookTraffic["results"];
  readonly #onApplied: () => void;
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** Whether the timer is that of a callback, and not the idle one. */
  #gathering = false;
  #running: Promise<void> | null = null;
  #wokenAgain = false;
  #closed = false;

  constructor(
    options: {
      sql: Sql;
      log: Logger;
      parallel: number;
      results: WebhookTraffic["results"];
      /** After each batch. */
      onApplied: () => void;
    },
  ) {
    this.#sql = options.sql;
    this.#log = options.log;
    this.#parallel = options.parallel;
    this.#results = options.results;
    this.#onApplied = options.onApplied;
  }

  /** Starts looking for events. */
  start(): void {
    this.#lookAfter(0);
  }

  /** There is something to do. */
  wake(): void {
    if (this.#closed || this.#gathering) return;
    if (this.#running !== null) {
      this.#wokenAgain = true;
      return;
    }
    this.#gathering = true;
    this.#lookAfter(GATHER_MS);
  }

  /** Finishes the batch under way and stops. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#running;
  }

  #lookAfter(ms: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = forNobody(() => setTimeout(() => this.#look(), ms));
  }

  #look(): void {
    this.#timer = null;
    this.#gathering = false;
    this.#running = this.#run().finally(() => {
      this.#running = null;
      if (this.#closed) return;
      if (this.#wokenAgain) this.wake();
      else this.#lookAfter(IDLE_MS);
    });
  }

  async #run(): Promise<void> {
    let claimed = BATCH_SIZE;
    while (claimed >= BATCH_SIZE && !this.#closed) {
      this.#wokenAgain = false;
      try {
        const events = await bounded(
          claimMetaEvents(this.#sql, { limit: BATCH_SIZE, leaseMs: CLAIM_MS }),
          CLAIM_TIMEOUT_MS,
        );
        const services = { sql: this.#sql, log: this.#log, results: this.#results };
        await applyEvents(services, events, { parallel: this.#parallel });
        claimed = events.length;
        if (claimed > 0) this.#onApplied();
      } catch (error) {
        this.#log.warn("events_not_claimed", { error });
        return;
      }
    }
  }
}
