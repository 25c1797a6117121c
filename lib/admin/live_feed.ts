/**
 * What happens to messages, told to the pages that are open now. Every instance reads the changes of the accounts that
 * somebody watches, about once a second and at once after writes of its own; nothing is read while nobody watches. So
 * it works alike on every database and across instances, without LISTEN.
 *
 * Ids are handed out in order but become visible in the order of commits: each look starts again where the account
 * was some seconds ago, and leaves out what it has told already.
 */
import type { Sql } from "@/db/connect.ts";
import { bounded } from "@/db/errors.ts";
import {
  findSettledChangeId,
  listMessageChanges,
  type MessageChange,
} from "@/db/message_changes.ts";
import { forNobody } from "@/db/observe_statements.ts";
import type { Logger } from "@/lib/log.ts";

/** Told of changes, in the order in which they became visible. */
export type LiveListener = (changes: MessageChange[]) => void;

/** How long a transaction may stay open between its change and its commit without its change being missed. */
const OVERLAP_MS = 5_000;
const IDLE_MS = 1_000;
/** From a write of this process to the look: those that come meanwhile are seen with it. */
const GATHER_MS = 50;
const LOOK_TIMEOUT_MS = 10_000;
const MOST_CHANGES = 2_000;

/** How far one account has been read. */
interface Watched {
  listeners: Set<LiveListener>;
  /** Where the next look begins. Null: not looked yet. */
  afterId: number | null;
  /** The highest ids of the last looks, the oldest first. */
  marks: { atMs: number; id: number }[];
  /** Told already, above `afterId`. */
  told: Set<number>;
}

/** The reader of changes of one process. */
export class LiveFeed {
  readonly #sql: Sql;
  readonly #log: Logger;
  readonly #watched = new Map<string, Watched>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #dueAtMs = 0;
  #running: Promise<void> | null = null;
  #closed = false;

  constructor(options: { sql: Sql; log: Logger }) {
    this.#sql = options.sql;
    this.#log = options.log;
  }

  /** Tells a listener of the changes of an account from now on, until the answer is called. */
  watch(accountId: string, listener: LiveListener): () => void {
    const watched = this.#watched.get(accountId) ??
      { listeners: new Set(), afterId: null, marks: [], told: new Set() };
    watched.listeners.add(listener);
    this.#watched.set(accountId, watched);
    this.#lookWithin(0);
    return () => {
      watched.listeners.delete(listener);
      if (watched.listeners.size > 0) return;
      this.#watched.delete(accountId);
      if (this.#watched.size === 0) this.#stopTimer();
    };
  }

  /** This process has written something: look soon. */
  wake(): void {
    this.#lookWithin(GATHER_MS);
  }

  /** Finishes the look under way and stops. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#stopTimer();
    await this.#running;
  }

  #lookWithin(ms: number): void {
    if (this.#closed || this.#watched.size === 0) return;
    const dueAtMs = performance.now() + ms;
    if (this.#timer !== null && this.#dueAtMs <= dueAtMs) return;
    this.#stopTimer();
    this.#dueAtMs = dueAtMs;
    this.#timer = forNobody(() => setTimeout(() => this.#lookNow(), ms));
  }

  #lookNow(): void {
    this.#timer = null;
    if (this.#running !== null) return this.#lookWithin(GATHER_MS);
    this.#running = this.#look().then((isMore) => {
      this.#running = null;
      this.#lookWithin(isMore ? 0 : IDLE_MS);
    });
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** One look at all accounts; true if there is more than it could take. */
  async #look(): Promise<boolean> {
    try {
      return await bounded(this.#readChanges(), LOOK_TIMEOUT_MS);
    } catch (error) {
      this.#log.warn("changes_not_read", { error });
      return false;
    }
  }

  async #readChanges(): Promise<boolean> {
    const looked = [...this.#watched];
    for (const [accountId, watched] of looked) {
      watched.afterId ??= await findSettledChangeId(this.#sql, { accountId, ageMs: OVERLAP_MS });
    }
    const changes = await listMessageChanges(this.#sql, {
      accounts: looked.map(([id, { afterId }]) => ({ id, afterId: afterId ?? 0 })),
      limit: MOST_CHANGES,
    });
    const byAccount = Map.groupBy(changes, (change) => change.account_id);
    let isMore = false;
    for (const [accountId, watched] of looked) {
      const own = byAccount.get(accountId) ?? [];
      const isFull = own.length >= MOST_CHANGES;
      tell(watched, own.filter(({ id }) => !watched.told.has(id)));
      advance(watched, own, isFull);
      isMore ||= isFull;
    }
    return isMore;
  }
}

function tell(watched: Watched, changes: MessageChange[]): void {
  if (changes.length === 0) return;
  for (const { id } of changes) watched.told.add(id);
  for (const listener of [...watched.listeners]) listener(changes);
}

/** Moves the beginning of the next look to where the account was `OVERLAP_MS` ago. */
function advance(watched: Watched, changes: MessageChange[], isFull: boolean): void {
  const nowMs = performance.now();
  const last = changes.at(-1);
  if (last !== undefined) watched.marks.push({ atMs: nowMs, id: last.id });
  // With so many changes a late one is not waited for: the next look would see only what this one saw.
  const settledAtMs = isFull ? nowMs : nowMs - OVERLAP_MS;
  const settled = watched.marks.findLast(({ atMs }) => atMs <= settledAtMs);
  if (settled === undefined) return;
  watched.marks = watched.marks.filter(({ atMs }) => atMs > settledAtMs);
  watched.afterId = settled.id;
  for (const id of watched.told) {
    if (id <= settled.id) watched.told.delete(id);
  }
}
