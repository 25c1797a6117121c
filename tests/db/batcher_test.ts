/** What comes at the same time goes into one statement, and one that hangs or fails harms nobody else. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals, assertRejects } from "@std/assert";
import postgres from "postgres";
import { Batcher } from "@/db/batcher.ts";
import { connect, type Sql } from "@/db/connect.ts";
import { DatabaseUnavailableError } from "@/db/errors.ts";
import { Lanes } from "@/db/lanes.ts";
import { postgresFromEnvironment } from "@/tests/helpers/postgres_environment.ts";

describe("Batcher", () => {
  const cleanUp = new AsyncDisposableStack();
  let url: string;
  let sql: Sql;
  let lanes: Lanes;
  beforeAll(async () => {
    const cluster = cleanUp.use(await postgresFromEnvironment(18));
    const database = await cluster.createDatabase();
    cleanUp.defer(() => database.drop());
    url = database.url;
    sql = connect(url, { poolSize: 4 });
    cleanUp.defer(() => sql.end({ timeout: 5 }));
    lanes = new Lanes({
      open: () => connect(url, { poolSize: 1 }),
      close: (lane, { timeoutSeconds }) => lane.end({ timeout: timeoutSeconds }),
    });
    cleanUp.defer(() => lanes.close());
    await sql`create table held (id int primary key)`;
    await sql`insert into held select generate_series(1, 9)`;
  });
  afterAll(() => cleanUp.disposeAsync());

  /** Divides 100 by each number; notes which came together. */
  function dividing(options: { maxInputs?: number; timeoutMs?: number } = {}) {
    const statements: number[][] = [];
    const batcher = new Batcher<number, number>({
      name: "SELECT held",
      lanes,
      sql,
      run: async (handle, inputs) => {
        statements.push(inputs);
        const rows = await handle<{ result: number }[]>`
          select 100 / n as result from unnest(${inputs}::int[]) with ordinality i(n, at) order by at
        `;
        return rows.map(({ result }) => result);
      },
      timeoutMs: options.timeoutMs ?? 5_000,
      maxInputs: options.maxInputs ?? 100,
      maxSize: 1_000,
      sizeOf: (n) => n,
    });
    return { batcher, statements };
  }

  it("does the first at once and those that come meanwhile together, each with its own output", async () => {
    const { batcher, statements } = dividing();
    const outputs = await Promise.all([1, 2, 4, 5, 10].map((n) => batcher.do(n)));
    assertEquals(outputs, [100, 50, 25, 20, 10]);
    assertEquals(statements, [[1], [2, 4, 5, 10]]);
  });

  it("takes no more than its limits of number and size into one statement", async () => {
    const { batcher, statements } = dividing({ maxInputs: 2 });
    await Promise.all([1, 2, 4, 5, 2_000, 3].map((n) => batcher.do(n)));
    assertEquals(statements, [[1], [2, 4], [5], [2_000], [3]]);
  });

  it("does each alone when they fail together, so that only what is wrong fails", async () => {
    const { batcher } = dividing();
    const [first, ...others] = [1, 2, 0, 5].map((n) => batcher.do(n));
    const settled = await Promise.allSettled(others);
    assertEquals(await first, 100);
    assertEquals(settled.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
    const failed = settled.find((one) => one.status === "rejected");
    assertEquals(failed?.reason instanceof postgres.PostgresError, true);
    assertEquals(await batcher.do(4), 25);
  });

  it("goes on beside a statement that takes long", async () => {
    const holder = await sql.reserve();
    await holder`begin`;
    await holder`select from held where id = 1 for update`;
    const batcher = new Batcher<number, number>({
      name: "SELECT held",
      lanes,
      sql,
      run: async (handle, ids) => {
        await handle`select from held where id = any (${ids}::int[]) for update`;
        return ids;
      },
      timeoutMs: 5_000,
      maxInputs: 10,
      maxSize: 1_000,
      sizeOf: () => 1,
    });
    const stuck = batcher.do(1);
    assertEquals(await Promise.all([2, 3].map((id) => batcher.do(id))), [2, 3]);
    assertEquals(lanes.busy, 1);
    await holder`rollback`;
    holder.release();
    assertEquals(await stuck, 1);
    assertEquals(lanes.busy, 0);
  });

  it("tells all of a statement that the database did not answer in time, and goes on with another connection", async () => {
    const { batcher } = dividing();
    const holder = await sql.reserve();
    await holder`begin`;
    await holder`select from held where id = 2 for update`;
    const impatient = new Batcher<number, number>({
      name: "SELECT held",
      lanes,
      sql,
      run: async (handle, ids) => {
        await handle`select from held where id = any (${ids}::int[]) for update`;
        return ids;
      },
      timeoutMs: 100,
      maxInputs: 10,
      maxSize: 1_000,
      sizeOf: () => 1,
    });
    await assertRejects(() => impatient.do(2), DatabaseUnavailableError);
    assertEquals(await impatient.do(3), 3);
    await holder`rollback`;
    holder.release();
    assertEquals(await batcher.do(5), 20);
    assertEquals(lanes.busy, 0);
  });
});
