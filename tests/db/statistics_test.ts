/** A send costs the same whether the account has one contact or many, also on a connection that was there before them. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { connect, type Sql } from "@/db/connect.ts";
import { beginSends } from "@/db/sends.ts";
import { refreshStatistics } from "@/db/statistics.ts";
import { SecretBox } from "@/lib/secret_box.ts";
import { plainSend } from "@/tests/helpers/plain_send.ts";
import { postgresFromEnvironment } from "@/tests/helpers/postgres_environment.ts";
import { seedAccount } from "@/tests/helpers/seed.ts";
import { countTouched } from "@/tests/helpers/touched_rows.ts";

const CONTACTS = 400;
/** The person herself, and once more for each lock and each check of a reference. */
const TOUCHED_MAX = 6;

describe("a send on a connection that is older than the contacts", () => {
  const cleanUp = new AsyncDisposableStack();
  let sql: Sql;
  let accountId: string;
  beforeAll(async () => {
    const postgres = cleanUp.use(await postgresFromEnvironment(18));
    const database = await postgres.createDatabase();
    cleanUp.defer(() => database.drop());
    sql = connect(database.url, { poolSize: 1 });
    cleanUp.defer(() => sql.end({ timeout: 5 }));
    const secrets = new SecretBox([new Uint8Array(32).fill(7)]);
    accountId = (await seedAccount(sql, { secrets, connected: true })).id;
  });
  afterAll(() => cleanUp.disposeAsync());

  async function send(handle: Sql, index: number): Promise<void> {
    const sends = [plainSend({ accountId, phone: `+1415555${1000 + index}` })];
    const [begun] = await beginSends(handle, sends, { lockTimeoutMs: null });
    assertEquals(begun?.outcome, "created");
  }

  it("reads a handful of rows once the statistics have been refreshed", async () => {
    for (let index = 0; index < CONTACTS; index++) await send(sql, index);
    assert(await refreshStatistics(sql) > 0);
    const tables = ["contacts", "conversations", "messages"];
    const touched = await countTouched(sql, { tables, run: (tx) => send(tx, CONTACTS - 1) });
    for (const [table, { scans, rows }] of touched) {
      assertEquals(scans, 0, table);
      assert(rows <= TOUCHED_MAX, `${rows} rows of ${table}`);
    }
    assert(touched.size === tables.length);
  });

  it("refreshes nothing while nothing has grown", async () => {
    assertEquals(await refreshStatistics(sql), 0);
  });
});
