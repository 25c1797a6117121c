/**
 * Reads the backlog for `/metrics`: within a second or not at all, at most once in some seconds however often somebody
 * scrapes, and never twice at a time, so that a database in trouble is not asked for more.
 */
import { type Backlog, readBacklog } from "@/db/backlog.ts";
import type { Sql } from "@/db/connect.ts";
import { bounded } from "@/db/errors.ts";
import type { Logger } from "@/lib/log.ts";

/** What the last look came to. */
export interface BacklogReading {
  /** Null: the database could not be reached, or did not answer in time. */
  backlog: Backlog | null;
  /** How long the database took, or was waited for. */
  ms: number;
}

const KEEP_MS = 3_000;
const TIMEOUT_MS = 1_000;

/** The reader. */
export class BacklogReader {
  readonly #sql: Sql;
  readonly #log: Logger;
  #reading: Promise<BacklogReading> | null = null;
  /** Also one that nobody waits for any longer. */
  #isStatementUnderWay = false;
  #last: { reading: BacklogReading; at: number } | null = null;

  constructor(options: { sql: Sql; log: Logger }) {
    this.#sql = options.sql;
    this.#log = options.log;
  }

  /** The backlog as of some seconds ago at most; never throws. */
  read(): Promise<BacklogReading> {
    if (this.#last !== null && performance.now() - this.#last.at < KEEP_MS) {
      return Promise.resolve(this.#last.reading);
    }
    this.#reading ??= this.#look().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #look(): Promise<BacklogReading> {
    const startedAt = performance.now();
    const backlog = await this.#ask();
    const reading = { backlog, ms: performance.now() - startedAt };
    this.#last = { reading, at: performance.now() };
    return reading;
  }

  async #ask(): Promise<Backlog | null> {
    if (this.#isStatementUnderWay) return null;
    this.#isStatementUnderWay = true;
    const answer = readBacklog(this.#sql);
    const done = () => {
      this.#isStatementUnderWay = false;
    };
    answer.then(done, done);
    try {
      return await bounded(answer, TIMEOUT_MS);
    } catch (error) {
      this.#log.warn("backlog_not_read", { error });
      return null;
    }
  }
}
