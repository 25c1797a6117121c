/** A statement that fails after it has returned rows leaves nothing behind for the next one on its connection. */
import { assertEquals, assertRejects } from "@std/assert";
import postgres from "postgres";
import { connect } from "@/db/connect.ts";
import { postgresFromEnvironment } from "@/tests/helpers/postgres_environment.ts";

Deno.test("a statement gets all of its rows, also after one that failed in the middle of its own", async () => {
  await using environment = await postgresFromEnvironment();
  const database = await environment.createDatabase();
  const sql = connect(database.url, { poolSize: 1 });
  const divide = (numbers: number[]) =>
    sql<{ result: number }[]>`select 100 / n as result from unnest(${numbers}::int[]) n`;
  try {
    for (const good of [[4], [2, 5], []]) {
      await assertRejects(() => divide([1, 2, 0]), postgres.PostgresError, "division by zero");
      const rows = await divide(good);
      assertEquals([...rows], good.map((n) => ({ result: 100 / n })));
      assertEquals(rows.count, good.length);
      assertEquals((await divide(good)).length, good.length);
    }
    // The same inside a transaction, whose statements go through another handle.
    const [row] = await sql.begin(async (tx) => {
      await tx.savepoint((inner) => inner`select 100 / n from unnest(${[1, 0]}::int[]) n`)
        .catch(() => {});
      return await tx`select 7 as result`;
    });
    assertEquals(row?.result, 7);
  } finally {
    await sql.end({ timeout: 1 });
    await database.drop();
  }
});
