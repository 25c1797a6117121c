/**
 * Limits how many sends of one account are under way in this process, so that a slow Meta cannot take all memory and
 * connections. A request beyond the limit waits its turn for a short while; one beyond the queue is refused at once.
 */
import { ApiError } from "@/lib/api/errors.ts";

/** How long a request may wait for a place. */
const MAX_WAIT_MS = 5_000;

interface Waiter {
  take: () => void;
}

interface Lane {
  taken: number;
  waiting: Set<Waiter>;
}

/** The places for concurrent sends, per account. */
export class SendSlots {
  readonly #maxSends: number;
  readonly #maxWaiting: number;
  readonly #maxWaitMs: number;
  readonly #lanes = new Map<string, Lane>();
  #waiting = 0;

  /** @param options.maxWaiting requests that may wait, over all accounts */
  constructor(options: { maxSends: number; maxWaiting: number; maxWaitMs?: number }) {
    this.#maxSends = options.maxSends;
    this.#maxWaiting = options.maxWaiting;
    this.#maxWaitMs = options.maxWaitMs ?? MAX_WAIT_MS;
  }

  /** How many places are taken, over all accounts. */
  get taken(): number {
    return [...this.#lanes.values()].reduce((sum, lane) => sum + lane.taken, 0);
  }

  /** How many requests wait for one. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Takes a place, first come, first served.
   *
   * @returns gives the place back; calling it again does nothing
   * @throws ApiError unavailable
   */
  async take(accountId: string): Promise<() => void> {
    const lane = this.#lane(accountId);
    if (lane.taken < this.#maxSends) lane.taken++;
    else await this.#wait(lane);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#giveBack(accountId, lane);
    };
  }

  #lane(accountId: string): Lane {
    const known = this.#lanes.get(accountId);
    if (known !== undefined) return known;
    const lane: Lane = { taken: 0, waiting: new Set() };
    this.#lanes.set(accountId, lane);
    return lane;
  }

  #wait(lane: Lane): Promise<void> {
    if (this.#waiting >= this.#maxWaiting) {
      throw overloaded("Too many sends are waiting");
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer);
        lane.waiting.delete(waiter);
        this.#waiting--;
      };
      const waiter: Waiter = {
        take: () => {
          leave();
          resolve();
        },
      };
      const timer = setTimeout(() => {
        leave();
        reject(overloaded(`No place to send became free within ${this.#maxWaitMs / 1000} s`));
      }, this.#maxWaitMs);
      lane.waiting.add(waiter);
      this.#waiting++;
    });
  }

  #giveBack(accountId: string, lane: Lane): void {
    // The place goes straight to the first in the queue: nobody can slip in between.
    const [next] = lane.waiting;
    if (next !== undefined) {
      next.take();
      return;
    }
    lane.taken--;
    if (lane.taken === 0) this.#lanes.delete(accountId);
  }
}

function overloaded(reason: string): ApiError {
  return new ApiError("unavailable", `${reason}: send the request again in a few seconds`, {
    headers: { "retry-after": "2" },
  });
}
