/**
 * Stores the events of callbacks before they are acknowledged. Callbacks that come while a statement is under way are
 * stored together by the next one: under load that is many to a commit, without load nobody waits for others.
 */
import type { Sql } from "@/db/connect.ts";
import { bounded } from "@/db/errors.ts";
import { insertMetaEvents, type NewMetaEvent } from "@/db/meta_events.ts";

interface Delivery {
  events: NewMetaEvent[];
  stored: PromiseWithResolvers<void>;
}

const STORE_TIMEOUT_MS = 5_000;
const STATEMENTS_AT_ONCE = 2;
/** A statement takes callbacks up to this many characters of payload, and always one. */
const STATEMENT_CHARACTERS = 1_000_000;

/** The way in. */
export class EventInbox {
  readonly #sql: Sql;
  #waiting: Delivery[] = [];
  #underWay = 0;

  constructor(options: { sql: Sql }) {
    this.#sql = options.sql;
  }

  /**
   * Resolves when the events are stored.
   *
   * @throws DatabaseUnavailableError when that is not known
   */
  store(events: NewMetaEvent[]): Promise<void> {
    if (events.length === 0) return Promise.resolve();
    const stored = Promise.withResolvers<void>();
    this.#waiting.push({ events, stored });
    this.#next();
    return stored.promise;
  }

  #next(): void {
    if (this.#underWay >= STATEMENTS_AT_ONCE || this.#waiting.length === 0) return;
    const deliveries = this.#take();
    this.#underWay++;
    const events = deliveries.flatMap((delivery) => delivery.events);
    bounded(insertMetaEvents(this.#sql, events), STORE_TIMEOUT_MS).then(
      () => deliveries.forEach(({ stored }) => stored.resolve()),
      (error) => deliveries.forEach(({ stored }) => stored.reject(error)),
    ).finally(() => {
      this.#underWay--;
      this.#next();
    });
  }

  #take(): Delivery[] {
    let characters = 0;
    const end = this.#waiting.findIndex(({ events }, index) => {
      for (const { payload } of events) characters += payload.length;
      return index > 0 && characters > STATEMENT_CHARACTERS;
    });
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }
}
