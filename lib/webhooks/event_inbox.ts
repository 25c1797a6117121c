/**
 * Stores the events of callbacks before they are acknowledged, those that come at the same time together: under load
 * that is many to a commit, without load nobody waits for others.
 */
import { Batcher } from "@/db/batcher.ts";
import type { Database } from "@/db/connect.ts";
import { insertMetaEvents, type NewMetaEvent } from "@/db/meta_events.ts";

const STORE_TIMEOUT_MS = 5_000;
const CALLBACKS_A_STATEMENT = 1_000;
/** Characters of payload. */
const STATEMENT_SIZE = 1_000_000;

/** The way in. */
export class EventInbox {
  readonly #batcher: Batcher<NewMetaEvent[], void>;

  constructor(db: Pick<Database, "sql" | "lanes">) {
    this.#batcher = new Batcher({
      name: "INSERT meta_events",
      sql: db.sql,
      lanes: db.lanes,
      run: async (sql, callbacks) => {
        await insertMetaEvents(sql, callbacks.flat());
        return callbacks.map(() => {});
      },
      timeoutMs: STORE_TIMEOUT_MS,
      maxInputs: CALLBACKS_A_STATEMENT,
      maxSize: STATEMENT_SIZE,
      sizeOf: (events) => events.reduce((sum, { payload }) => sum + payload.length, 0),
    });
  }

  /**
   * Resolves when the events are stored.
   *
   * @throws DatabaseUnavailableError when that is not known
   */
  async store(events: NewMetaEvent[]): Promise<void> {
    if (events.length > 0) await this.#batcher.do(events);
  }
}
