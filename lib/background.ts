/**
 * Work that goes on after its caller was answered, or whether or not there still is one: sends under way and results
 * being stored. The process waits for it before it closes the database.
 */

/** The set of unfinished work. */
export class Background {
  readonly #work = new Set<Promise<unknown>>();

  /** How much is unfinished. */
  get size(): number {
    return this.#work.size;
  }

  /** Remembers a promise until it settles, and gives it back. */
  track<T>(promise: Promise<T>): Promise<T> {
    this.#work.add(promise);
    const forget = () => {
      this.#work.delete(promise);
    };
    promise.then(forget, forget);
    return promise;
  }

  /** Resolves when nothing is left, also of what was added meanwhile. */
  async settled(): Promise<void> {
    while (this.#work.size > 0) await Promise.allSettled([...this.#work]);
  }
}
