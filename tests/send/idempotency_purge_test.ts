/**
 * Sends go on while expired idempotency keys are purged, under fresh keys and under the very ones that are being purged.
 * In the database of this test whatever waits for a lock for a second fails, and every batch of the purge takes longer
 * than usual.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { countRows, messageRows, postMessage, receivedFrom } from "@/tests/helpers/sends.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import { type ServerProcess, startServerProcess } from "@/tests/helpers/server_process.ts";

/** Forty batches. */
const EXPIRED = 20_000;
const PURGE = "delete_idempotency_keys";

describe("the purge of expired idempotency keys", () => {
  const resources = new AsyncDisposableStack();
  let harness: Harness;
  let account: SeededAccount;
  let server: ServerProcess;
  beforeAll(async () => {
    harness = resources.use(await startHarness());
    account = await harness.makeAccount();
    await harness.query(
      `insert into idempotency_keys (account_id, endpoint, key, fingerprint, message_id, created_at)
       select $1, 'POST /api/v1/messages', 'old-' || i, decode(repeat('00', 32), 'hex'), gen_random_uuid(),
         clock_timestamp() - interval '30 hours' + i * interval '1 millisecond'
       from generate_series(1, $2::int) i`,
      [account.id, EXPIRED],
    );
    await harness.query(
      `create function hold_batch() returns trigger language plpgsql as
       'begin perform pg_sleep(0.05); return null; end'`,
    );
    await harness.query(
      `create trigger hold_batch after delete on idempotency_keys
       for each statement execute function hold_batch()`,
    );
    await harness.query(
      `do 'begin execute format($f$alter database %I set lock_timeout = 1000$f$, current_database()); end'`,
    );
    // It purges from its start on.
    server = resources.use(await startServerProcess(harness.environment()));
  });
  afterAll(() => resources.disposeAsync());

  const post = (idempotencyKey: string) =>
    postMessage(server.baseUrl, { key: account.key.key, idempotencyKey });

  async function countExpired(): Promise<number> {
    const [row] = await harness.query<{ count: number }>(
      `select count(*)::int as count from idempotency_keys
       where account_id = $1 and created_at < now() - interval '24 hours'`,
      [account.id],
    );
    return row?.count ?? -1;
  }

  it("goes on in batches while every send is answered 201 as a new message, and keeps what they reserve", async () => {
    const keys: string[] = [];
    const left: number[] = [];
    do {
      // Keys of the batches that come next, and one that nobody has had.
      const position = EXPIRED - (left.at(-1) ?? EXPIRED);
      const next = [1, 250, 500, 1_000].map((ahead) => `old-${position + ahead}`);
      const round = [...next, `fresh-${keys.length}`].filter((key) => !keys.includes(key));
      const answers = await Promise.all(round.map(post));
      for (const answer of answers) {
        assertEquals(answer.status, 201, answer.text);
        assertEquals(answer.headers.get("idempotent-replayed"), null);
      }
      keys.push(...round);
      left.push(await countExpired());
    } while (left.at(-1) !== 0);
    // Some rounds were answered in the middle of it, and its batches were there for others to see.
    const between = new Set(left.filter((count) => count > 0 && count < EXPIRED - keys.length));
    assert(between.size >= 3, `Left after each round: ${left}`);

    await server.waitForLog(({ event }) => event === PURGE);
    assertEquals(server.log().filter(({ chore }) => chore === PURGE), []);
    assertEquals(new Set(keys).size, keys.length);
    const rows = await messageRows(harness, account.id);
    assertEquals(rows.map(({ idempotency_key: key }) => key).sort(), keys.toSorted());
    assertEquals((await countRows(harness, account.id)).keys, keys.length);
    for (const key of keys) {
      const again = await post(key);
      assertEquals([again.status, again.headers.get("idempotent-replayed")], [201, "true"]);
    }
    assertEquals(receivedFrom(harness.simulator, account).length, keys.length);
  });
});
