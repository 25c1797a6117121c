/**
 * Messages whose begin may or may not have been committed, because the database went away in the middle. Meta was not
 * called for them, and the caller was told so. As soon as the database is back, the row — if there is one — is marked
 * failed, which releases its idempotency key, so that the caller's retry is a new attempt. If this process dies
 * before, the sweep makes the row `unknown`, which is safe but needs a person.
 */
import type { Sql } from "@/db/connect.ts";
import { bounded } from "@/db/errors.ts";
import { finishSends } from "@/db/sends.ts";
import type { Logger } from "@/lib/log.ts";

interface Doubt {
  accountId: string;
  messageId: string;
  endpoint: string;
  /** On the clock of `performance.now()`. */
  until: number;
}

const RETRY_INTERVAL_MS = 500;
const QUERY_TIMEOUT_MS = 3_000;
/** A statement that is under way for longer than this is left to the sweep, which makes its row `unknown`. */
const WATCH_MS = 60_000;

/** Remembers and settles them. */
export class InDoubtSends {
  readonly #sql: Sql;
  readonly #log: Logger;
  readonly #doubts = new Map<string, Doubt>();
  #timer: ReturnType<typeof setInterval> | null = null;
  #settling: Promise<void> | null = null;

  constructor(options: { sql: Sql; log: Logger }) {
    this.#sql = options.sql;
    this.#log = options.log;
  }

  /** How many are not settled yet. */
  get size(): number {
    return this.#doubts.size;
  }

  /** Takes a message whose begin is in doubt. */
  remember(send: { accountId: string; messageId: string; endpoint: string }): void {
    this.#log.warn("begin_in_doubt", { message_id: send.messageId });
    this.#doubts.set(send.messageId, { ...send, until: performance.now() + WATCH_MS });
    this.#timer ??= setInterval(() => this.settle(), RETRY_INTERVAL_MS);
  }

  /** Tries to settle all of them once. */
  settle(): Promise<void> {
    this.#settling ??= this.#settleAll().finally(() => {
      this.#settling = null;
    });
    return this.#settling;
  }

  /** Tries once more and stops. */
  async close(): Promise<void> {
    this.#stopTimer();
    await this.#settling;
    if (this.#doubts.size > 0) await this.settle();
  }

  async #settleAll(): Promise<void> {
    for (const doubt of [...this.#doubts.values()]) {
      try {
        const [row = null] = await bounded(
          finishSends(this.#sql, [{
            accountId: doubt.accountId,
            messageId: doubt.messageId,
            endpoint: doubt.endpoint,
            status: "failed",
            wamid: null,
            error: {
              code: null,
              title: "Not sent",
              message: "The database went away before the message was handed to Meta",
              hint: "The message was not sent. Send it again.",
            },
            waId: null,
            bsuid: null,
            tokenFailed: false,
          }], { lockTimeoutMs: null }),
          QUERY_TIMEOUT_MS,
        );
        // No row yet is not proof that none comes: the statement may still be under way on the server.
        if (row !== null || performance.now() > doubt.until) this.#doubts.delete(doubt.messageId);
      } catch (error) {
        this.#log.debug("begin_still_in_doubt", { message_id: doubt.messageId, error });
        break;
      }
    }
    if (this.#doubts.size === 0) this.#stopTimer();
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}
