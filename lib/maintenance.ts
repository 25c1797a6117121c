/**
 * The chores of a running server: messages whose lease ended become `unknown`, message changes become hourly counters,
 * plans follow tables that grow, and what is expired or old is deleted. Every instance does them; each statement takes a bounded batch and skips what another
 * instance has locked, so they do not get in each other's way.
 */
import { listAccounts } from "@/db/accounts.ts";
import { deleteOldApiRequests } from "@/db/api_requests.ts";
import type { Database, Sql } from "@/db/connect.ts";
import { bounded } from "@/db/errors.ts";
import { deleteOldLinks } from "@/db/links.ts";
import { deleteOldMetaEvents } from "@/db/meta_events.ts";
import {
  deleteOldAuditEntries,
  deleteOldMessages,
  listRetentions,
  type OldRows,
  type Retention,
} from "@/db/retention.ts";
import { deleteEndedSessions } from "@/db/sessions.ts";
import { deleteOldSignInAttempts } from "@/db/sign_in_attempts.ts";
import { refreshStatistics } from "@/db/statistics.ts";
import { rollUpMessageChanges } from "@/db/message_changes.ts";
import { deleteExpiredIdempotencyKeys, sweepPending } from "@/db/messages.ts";
import { deleteOldCounters } from "@/db/stats.ts";
import { continueErasures } from "@/lib/contacts/erasure_steps.ts";
import { ABANDONED } from "@/lib/messages/send_outcome.ts";
import type { Logger } from "@/lib/log.ts";

interface Chore {
  name: string;
  intervalMs: number;
  /** Other than `BATCH_SIZE`. */
  batchSize?: number;
  /** It finds something at nearly every time, which is no news. */
  isRoutine?: true;
  /** Does one batch; a full batch means that there may be more. */
  run: (sql: Sql) => Promise<number>;
}

const BATCH_SIZE = 500;
const CHORE_TIMEOUT_MS = 30_000;
/** Every send leaves four changes. */
const ROLL_UP_BATCH_SIZE = 5_000;
/** By then every open page has heard of a change. */
const ROLL_UP_AGE_MS = 60_000;

const CHORES: Chore[] = [
  {
    name: "sweep_pending",
    intervalMs: 5_000,
    run: (sql) => sweepPending(sql, { limit: BATCH_SIZE, all: false, error: ABANDONED }),
  },
  {
    name: "refresh_statistics",
    intervalMs: 5_000,
    run: refreshStatistics,
  },
  {
    name: "roll_up_message_changes",
    intervalMs: 15_000,
    batchSize: ROLL_UP_BATCH_SIZE,
    isRoutine: true,
    run: (sql) =>
      rollUpMessageChanges(sql, { limit: ROLL_UP_BATCH_SIZE, minAgeMs: ROLL_UP_AGE_MS }),
  },
  {
    name: "continue_erasures",
    intervalMs: 5_000,
    batchSize: 1,
    run: continueErasures,
  },
  {
    name: "delete_counters",
    intervalMs: 3_600_000,
    run: (sql) => forEachAccount(sql, deleteOldCounters),
  },
  {
    name: "delete_idempotency_keys",
    intervalMs: 60_000,
    run: (sql) => deleteExpiredIdempotencyKeys(sql, { limit: BATCH_SIZE }),
  },
  {
    name: "delete_api_requests",
    intervalMs: 3_600_000,
    run: (sql) => deleteByAge(sql, "request_days", deleteOldApiRequests),
  },
  {
    name: "delete_meta_events",
    intervalMs: 3_600_000,
    run: (sql) => deleteByAge(sql, "event_days", deleteOldMetaEvents),
  },
  {
    name: "delete_messages",
    intervalMs: 3_600_000,
    run: (sql) => deleteByAge(sql, "message_days", deleteOldMessages),
  },
  {
    name: "delete_audit_entries",
    intervalMs: 3_600_000,
    run: (sql) => deleteByAge(sql, "audit_days", deleteOldAuditEntries),
  },
  {
    name: "delete_sessions",
    intervalMs: 3_600_000,
    run: (sql) => deleteEndedSessions(sql, { limit: BATCH_SIZE }),
  },
  {
    name: "delete_links",
    intervalMs: 3_600_000,
    run: (sql) => deleteOldLinks(sql, { limit: BATCH_SIZE }),
  },
  {
    name: "delete_sign_in_attempts",
    intervalMs: 600_000,
    run: (sql) => deleteOldSignInAttempts(sql, { limit: BATCH_SIZE }),
  },
];

/** The running chores. */
export class Maintenance {
  readonly #sql: Sql;
  readonly #log: Logger;
  readonly #timers: ReturnType<typeof setInterval>[] = [];
  readonly #running = new Map<string, Promise<void>>();
  #closed = false;

  constructor(options: { sql: Sql; log: Logger }) {
    this.#sql = options.sql;
    this.#log = options.log;
  }

  /** Does every chore once and then each at its interval. */
  start(): void {
    for (const chore of CHORES) {
      this.#run(chore);
      this.#timers.push(setInterval(() => this.#run(chore), chore.intervalMs));
    }
  }

  /** Stops; waits for the batches under way. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    await Promise.all(this.#running.values());
  }

  #run(chore: Chore): void {
    if (this.#running.has(chore.name)) return;
    this.#running.set(
      chore.name,
      this.#runBatches(chore).finally(() => this.#running.delete(chore.name)),
    );
  }

  async #runBatches(chore: Chore): Promise<void> {
    try {
      let total = 0;
      const batchSize = chore.batchSize ?? BATCH_SIZE;
      let count = batchSize;
      while (count >= batchSize && !this.#closed) {
        count = await bounded(chore.run(this.#sql), CHORE_TIMEOUT_MS);
        total += count;
      }
      if (total > 0) this.#log[chore.isRoutine ? "debug" : "info"](chore.name, { rows: total });
    } catch (error) {
      this.#log.warn("chore_failed", { chore: chore.name, error });
    }
  }
}

/**
 * Messages that a dead process left `pending`, at start. On the embedded database no other process can be sending, so
 * all of them are settled at once.
 */
export async function sweepAtStart(db: Database): Promise<number> {
  let total = 0;
  let count = BATCH_SIZE;
  while (count >= BATCH_SIZE) {
    count = await sweepPending(db.sql, {
      limit: BATCH_SIZE,
      all: db.kind === "embedded",
      error: ABANDONED,
    });
    total += count;
  }
  return total;
}

/** Deletes a batch in every account; the largest count tells whether there may be more. */
async function forEachAccount(
  sql: Sql,
  deleteOld: (sql: Sql, options: { accountId: string; limit: number }) => Promise<number>,
): Promise<number> {
  let most = 0;
  for (const account of await listAccounts(sql)) {
    most = Math.max(most, await deleteOld(sql, { accountId: account.id, limit: BATCH_SIZE }));
  }
  return most;
}

/** Deletes a batch in every account of what is older than that account keeps it; the largest count, as above. */
async function deleteByAge(
  sql: Sql,
  setting: keyof Retention,
  deleteOld: (sql: Sql, old: OldRows) => Promise<number>,
): Promise<number> {
  let most = 0;
  for (const { account_id: accountId, [setting]: days } of await listRetentions(sql)) {
    if (days === null) continue;
    most = Math.max(most, await deleteOld(sql, { accountId, days, limit: BATCH_SIZE }));
  }
  return most;
}
