/**
 * What each integration's webhook was last seen doing, for the people who set it up. Collected in memory and written
 * about once a second, so that traffic never waits for it.
 */
import type { Sql } from "@/db/connect.ts";
import { bounded } from "@/db/errors.ts";
import { recordWebhookTraffic } from "@/db/webhook_signers.ts";
import type { Logger } from "@/lib/log.ts";
import type { Signer } from "@/lib/webhooks/signers.ts";

interface Traffic {
  accountId: string;
  integrationId: string;
  lastEventAt: Date | null;
  signatureFailures: number;
  lastSignatureFailureAt: Date | null;
}

const FLUSH_INTERVAL_MS = 1_000;
const WRITE_TIMEOUT_MS = 5_000;

/** The collector. */
export class WebhookHealth {
  readonly #sql: Sql;
  readonly #log: Logger;
  readonly #timer: ReturnType<typeof setInterval>;
  #traffic = new Map<string, Traffic>();
  #flushing: Promise<void> | null = null;

  constructor(options: { sql: Sql; log: Logger }) {
    this.#sql = options.sql;
    this.#log = options.log;
    this.#timer = setInterval(() => this.flush(), FLUSH_INTERVAL_MS);
  }

  /** A signed callback came in. */
  sawEvent(signer: Signer): void {
    this.#of(signer).lastEventAt = new Date();
  }

  /** A callback came in whose signature is not of this integration's secret. */
  sawSignatureFailure(signer: Signer): void {
    const traffic = this.#of(signer);
    traffic.signatureFailures++;
    traffic.lastSignatureFailureAt = new Date();
  }

  /** Writes what was collected. */
  flush(): Promise<void> {
    this.#flushing ??= this.#write().finally(() => {
      this.#flushing = null;
    });
    return this.#flushing;
  }

  /** Writes the rest and stops. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#flushing;
    await this.flush();
  }

  #of(signer: Signer): Traffic {
    const known = this.#traffic.get(signer.integrationId);
    if (known !== undefined) return known;
    const traffic: Traffic = {
      accountId: signer.accountId,
      integrationId: signer.integrationId,
      lastEventAt: null,
      signatureFailures: 0,
      lastSignatureFailureAt: null,
    };
    this.#traffic.set(signer.integrationId, traffic);
    return traffic;
  }

  async #write(): Promise<void> {
    const collected = this.#traffic;
    this.#traffic = new Map();
    for (const traffic of collected.values()) {
      try {
        await bounded(recordWebhookTraffic(this.#sql, traffic), WRITE_TIMEOUT_MS);
      } catch (error) {
        // Times and counts for people: losing some while the database is away harms nobody.
        this.#log.warn("webhook_health_not_written", { error });
      }
    }
  }
}
