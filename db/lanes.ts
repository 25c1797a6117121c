/**
 * Connections of their own for the statements of which there are most. The one that was used last is used first: with
 * what its server process then has in its caches, a statement costs a third less than on a pool that takes turns.
 */
import type { Sql } from "@/db/connect.ts";

/** How they are opened and closed. */
export interface LaneOptions {
  /** A handle with one connection, opened by its first statement. */
  open: () => Sql;
  close: (sql: Sql, options: { timeoutSeconds: number }) => Promise<void>;
}

const DISCARD_SECONDS = 15;
const CLOSE_SECONDS = 5;

/** The connections: as many as were ever in use at once. */
export class Lanes {
  readonly #options: LaneOptions;
  readonly #all = new Set<Sql>();
  readonly #idle: Sql[] = [];
  #busy = 0;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  /** How many are in use. */
  get busy(): number {
    return this.#busy;
  }

  /** How many nobody uses. */
  get idle(): number {
    return this.#idle.length;
  }

  /** A connection that nobody uses. */
  take(): Sql {
    this.#busy++;
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    const opened = this.#options.open();
    this.#all.add(opened);
    return opened;
  }

  /** Gives one back that has nothing under way. */
  giveBack(sql: Sql): void {
    this.#busy--;
    this.#idle.push(sql);
  }

  /** Closes one whose statement has not ended well; if it is still under way, it has some time to end. */
  discard(sql: Sql): void {
    this.#busy--;
    this.#all.delete(sql);
    // It fails only if the connection is broken, which is as good.
    this.#options.close(sql, { timeoutSeconds: DISCARD_SECONDS }).catch(() => {});
  }

  /** Ends all of them, after the statements under way (5 s at most). */
  async close(): Promise<void> {
    const ending = [...this.#all].map((sql) =>
      this.#options.close(sql, { timeoutSeconds: CLOSE_SECONDS })
    );
    await Promise.all(ending);
  }
}
