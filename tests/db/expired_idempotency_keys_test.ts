/** Deleting idempotency keys that hold no more: bit by bit, reading no more than it deletes, and waiting for nobody. */
import { afterAll, beforeAll, beforeEach, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { connect, type Sql } from "@/db/connect.ts";
import { deleteExpiredIdempotencyKeys } from "@/db/messages.ts";
import { transaction } from "@/db/transaction.ts";
import { postgresFromEnvironment } from "@/tests/helpers/postgres_environment.ts";
import { countTouched } from "@/tests/helpers/touched_rows.ts";

const LIMIT = 500;

describe("deleteExpiredIdempotencyKeys()", () => {
  const resources = new AsyncDisposableStack();
  let sql: Sql;
  let other: Sql;
  beforeAll(async () => {
    const postgres = resources.use(await postgresFromEnvironment());
    const database = await postgres.createDatabase();
    resources.defer(() => database.drop());
    [sql, other] = [
      connect(database.url, { poolSize: 1 }),
      connect(database.url, { poolSize: 1 }),
    ];
    for (const pool of [sql, other]) resources.defer(() => pool.end({ timeout: 5 }));
    // What waits for a lock fails.
    await sql`set lock_timeout = '1s'`;
  });
  afterAll(() => resources.disposeAsync());
  beforeEach(async () => {
    await sql`truncate idempotency_keys`;
  });

  /** Stores keys of an age; the one with the lowest number is the oldest, and stored last. */
  async function seed(name: string, options: { count: number; hours: number }): Promise<void> {
    await sql`
      insert into idempotency_keys (account_id, endpoint, key, fingerprint, message_id, created_at)
      select
        '01980000-0000-7000-8000-000000000000', 'POST', ${name}::text || '-' || i,
        decode(repeat('00', 32), 'hex'), gen_random_uuid(),
        now() - ${options.hours}::int * interval '1 hour' + i * interval '1 millisecond'
      from generate_series(${options.count}::int, 1, -1) i
    `;
  }

  async function listKeys(): Promise<string[]> {
    return (await sql<{ key: string }[]>`select key from idempotency_keys`).map(({ key }) => key);
  }

  it("deletes the oldest first, a batch at a time, and none that still holds", async () => {
    await seed("young", { count: 100, hours: 23 });
    await seed("old", { count: 1_200, hours: 30 });
    assertEquals(await deleteExpiredIdempotencyKeys(sql, { limit: LIMIT }), LIMIT);
    const left = await listKeys();
    assertEquals(left.length, 800);
    assert(!left.includes(`old-${LIMIT}`) && left.includes(`old-${LIMIT + 1}`));
    assertEquals(await deleteExpiredIdempotencyKeys(sql, { limit: LIMIT }), LIMIT);
    assertEquals(await deleteExpiredIdempotencyKeys(sql, { limit: LIMIT }), 200);
    assertEquals((await listKeys()).filter((key) => key.startsWith("old-")), []);
    assertEquals((await listKeys()).length, 100);
  });

  it("reads no row that it does not delete, also when the statistics promise expired ones that are gone", async () => {
    await seed("young", { count: 20_000, hours: 1 });
    await seed("old", { count: 20_000, hours: 30 });
    await sql`analyze idempotency_keys`;
    await sql`delete from idempotency_keys where key like 'old-%' and created_at > (
      select created_at from idempotency_keys where key = 'old-700'
    )`;
    for (const expected of [LIMIT, 200, 0]) {
      let count = 0;
      const touched = await countTouched(sql, {
        tables: ["idempotency_keys"],
        run: async (tx) => {
          count = await deleteExpiredIdempotencyKeys(tx, { limit: LIMIT });
        },
      });
      const { scans, rows } = touched.get("idempotency_keys") ?? { scans: -1, rows: -1 };
      assertEquals([count, scans], [expected, 0]);
      // Each is found once and fetched once more to be deleted.
      assert(rows <= 2 * expected, `${rows} rows read for ${expected}`);
    }
  });

  it("passes over keys that a send has in hand, and waits for none", async () => {
    await seed("old", { count: 20, hours: 30 });
    await transaction(other, async (tx) => {
      await tx`
        update idempotency_keys set created_at = clock_timestamp() where key in ('old-1', 'old-5')
      `;
      assertEquals(await deleteExpiredIdempotencyKeys(sql, { limit: 10 }), 10);
      assertEquals(await deleteExpiredIdempotencyKeys(sql, { limit: 10 }), 8);
    });
    assertEquals((await listKeys()).sort(), ["old-1", "old-5"]);
    // The send has reserved them anew.
    assertEquals(await deleteExpiredIdempotencyKeys(sql, { limit: 10 }), 0);
  });

  it("shares the work with another instance that is at it", async () => {
    await seed("old", { count: 30, hours: 30 });
    await transaction(other, async (tx) => {
      // Its batch is locked until its transaction ends.
      assertEquals(await deleteExpiredIdempotencyKeys(tx as unknown as Sql, { limit: 10 }), 10);
      assertEquals(await deleteExpiredIdempotencyKeys(sql, { limit: 10 }), 10);
    });
    assertEquals((await listKeys()).length, 10);
  });
});
