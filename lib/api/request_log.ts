/**
 * Collects the request log and writes it in batches, so that no request waits for it. The queue is bounded: when the
 * database is away for long, rows are dropped and counted rather than kept in memory without end.
 */
import { type ApiRequestRow, insertApiRequests } from "@/db/api_requests.ts";
import type { Sql } from "@/db/connect.ts";
import { bounded, DatabaseUnavailableError } from "@/db/errors.ts";
import { makeId } from "@/lib/ids.ts";
import type { Logger } from "@/lib/log.ts";
import { EXAMPLE_PHONE } from "@/lib/phone.ts";

/** One request, as its endpoint reports it. */
export interface LoggedRequest {
  accountId: string;
  apiKeyId: string | null;
  requestId: string;
  method: string;
  route: string;
  status: number;
  errorCode: string | null;
  errorMessage: string | null;
  durationMs: number;
  messageId: string | null;
  recipientMasked: string | null;
}

const FLUSH_INTERVAL_MS = 1_000;
const FLUSH_TIMEOUT_MS = 10_000;
const BATCH_SIZE = 500;
const QUEUE_LIMIT = 10_000;
/** Phone numbers and user ids, save the one of our own examples; Meta's error codes, of up to seven digits, are to stay. */
const LONG_NUMBER = /\+\d{6,}|\d{8,}/g;
/** An error message may quote what the caller sent. */
const MESSAGE_LIMIT = 500;

/** The batched writer of the request log. */
export class RequestLog {
  readonly #sql: Sql;
  readonly #log: Logger;
  readonly #timer: ReturnType<typeof setInterval>;
  #queue: ApiRequestRow[] = [];
  #flushing: Promise<void> | null = null;
  #dropped = 0;

  constructor(options: { sql: Sql; log: Logger; flushIntervalMs?: number }) {
    this.#sql = options.sql;
    this.#log = options.log;
    this.#timer = setInterval(() => this.flush(), options.flushIntervalMs ?? FLUSH_INTERVAL_MS);
  }

  /** How many rows were lost because the queue was full. */
  get dropped(): number {
    return this.#dropped;
  }

  /** How many rows are not written yet. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Takes a request; never waits and never throws. */
  add(request: LoggedRequest): void {
    if (this.#queue.length >= QUEUE_LIMIT) {
      this.#dropped++;
      return;
    }
    this.#queue.push({
      account_id: request.accountId,
      id: makeId(),
      api_key_id: request.apiKeyId,
      request_id: request.requestId,
      method: request.method,
      route: request.route,
      status: request.status,
      error_code: request.errorCode,
      error_message: storable(request.errorMessage),
      duration_ms: Math.round(request.durationMs * 100) / 100,
      message_id: request.messageId,
      recipient_masked: request.recipientMasked,
      created_at: new Date(),
    });
  }

  /** Writes what was collected; a batch that fails stays in the queue. */
  flush(): Promise<void> {
    this.#flushing ??= this.#writeAll().finally(() => {
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

  async #writeAll(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue.slice(0, BATCH_SIZE);
      try {
        await bounded(insertApiRequests(this.#sql, batch), FLUSH_TIMEOUT_MS);
      } catch (error) {
        this.#log.warn("request_log_not_written", { waiting: this.#queue.length, error });
        if (error instanceof DatabaseUnavailableError) return;
        // The database refuses these rows: keeping them would hold up all that follow.
        this.#dropped += batch.length;
      }
      this.#queue = this.#queue.slice(batch.length);
      if (this.#dropped > 0) this.#log.warn("request_log_rows_dropped", { total: this.#dropped });
    }
  }
}

/** Text that Postgres can store and admins may read: what a caller sent may be quoted in it, phone numbers included. */
function storable(message: string | null): string | null {
  const mask = (number: string) => number === EXAMPLE_PHONE ? number : "***";
  return message?.replaceAll(LONG_NUMBER, mask).slice(0, MESSAGE_LIMIT).toWellFormed()
    .replaceAll("\0", "\uFFFD") ?? null;
}
