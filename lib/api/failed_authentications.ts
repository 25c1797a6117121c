/**
 * How often each client address called without a valid key, so that one that goes on is told to stop. Whoever has a
 * valid key is answered whatever this says, so a wrong guess about who shares an address harms nobody. The counts are
 * those of this process and of its memory: a failure costs no write.
 *
 * There is room for so many addresses; none is pushed out before its time, or an attacker could have himself forgotten
 * by failing from many others. Addresses for which there is no room share one count.
 */

/** So many failures of an address are answered within a minute. */
const FAILURE_LIMIT = 30;
const WINDOW_MS = 60_000;

/** With the times of their failures some 4 MB. */
const MAX_ADDRESSES = 10_000;

/** Stands for all addresses for which there is no room; no address is a symbol. */
const OTHERS = Symbol("others");

/** The failures of the last minute, by client address. */
export class FailedAuthentications {
  /** When each answered failure was, the oldest first. The address that failed last stands at the end. */
  readonly #failures = new Map<string | typeof OTHERS, number[]>();
  readonly #maxAddresses: number;
  readonly #now: () => number;

  /** @param options.now milliseconds of a clock that never jumps */
  constructor(options: { maxAddresses?: number; now?: () => number } = {}) {
    this.#maxAddresses = options.maxAddresses ?? MAX_ADDRESSES;
    this.#now = options.now ?? (() => performance.now());
  }

  /** For how many addresses there are counts. */
  get size(): number {
    return this.#failures.size;
  }

  /**
   * Counts a failure of an address (lib/http/client_address.ts).
   *
   * @returns 0, or how many seconds the address should wait because it fails too often; then nothing was counted
   */
  count(address: string): number {
    const now = this.#now();
    this.#forgetBefore(now - WINDOW_MS);
    const name = this.#failures.has(address) || this.#failures.size < this.#maxAddresses - 1
      ? address
      : OTHERS;
    const times = (this.#failures.get(name) ?? []).filter((time) => time > now - WINDOW_MS);
    const [oldest] = times;
    if (oldest !== undefined && times.length >= FAILURE_LIMIT) {
      return Math.ceil((oldest + WINDOW_MS - now) / 1000);
    }
    this.#failures.delete(name);
    this.#failures.set(name, [...times, now]);
    return 0;
  }

  /** Forgets addresses that have not failed since. */
  #forgetBefore(time: number): void {
    for (const [name, times] of this.#failures) {
      if ((times.at(-1) ?? time) > time) return;
      this.#failures.delete(name);
    }
  }
}
