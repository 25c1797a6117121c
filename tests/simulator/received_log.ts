/**
 * The simulator's log of every request whose body was read whole, and a way to
 * wait for it. Waiting is event-driven: a condition is looked at when a request
 * comes in, never on a timer.
 */
import type { Fault } from "@/tests/simulator/faults.ts";

/** One request as it arrived, and what became of it. */
export interface ReceivedRequest {
  /** Milliseconds since 1970. */
  at: number;
  /** Counts connections from 1. */
  connectionId: number;
  /** 0 for the first request of its connection. */
  requestIndexOnConnection: number;
  method: string;
  /** With the version, without the query. */
  path: string;
  query: Record<string, string>;
  authorization: string | null;
  headers: Record<string, string>;
  /** The parsed JSON object; null when there was none. */
  body: Record<string, unknown> | null;
  rawBody: string;
  /** True when Meta would go on to deliver the message. */
  taken: boolean;
  wamid: string | null;
  fault: Fault | null;
}

interface Waiter {
  isMet: (received: readonly ReceivedRequest[]) => boolean;
  resolve: () => void;
}

/** Keeps the newest requests, up to a limit. */
export class ReceivedLog {
  #entries: ReceivedRequest[] = [];
  #waiters = new Set<Waiter>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Adds a request and wakes those who waited for it. */
  add(entry: ReceivedRequest): void {
    this.#entries.push(entry);
    if (this.#entries.length > this.#limit) this.#entries.shift();
    for (const waiter of this.#waiters) {
      if (waiter.isMet(this.#entries)) waiter.resolve();
    }
  }

  /** A copy of the log, oldest first. */
  list(): ReceivedRequest[] {
    return [...this.#entries];
  }

  /** Forgets all requests. */
  clear(): void {
    this.#entries = [];
  }

  /** Resolves once the condition holds; rejects after `timeoutMs`. */
  async waitFor(
    isMet: (received: readonly ReceivedRequest[]) => boolean,
    timeoutMs: number,
  ): Promise<ReceivedRequest[]> {
    if (isMet(this.#entries)) return this.list();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter = { isMet, resolve };
    this.#waiters.add(waiter);
    const timer = setTimeout(
      () =>
        reject(
          new Error(
            `Condition not met within ${timeoutMs} ms: the simulator received ${this.#entries.length} requests`,
          ),
        ),
      timeoutMs,
    );
    try {
      await promise;
      return this.list();
    } finally {
      clearTimeout(timer);
      this.#waiters.delete(waiter);
    }
  }
}
