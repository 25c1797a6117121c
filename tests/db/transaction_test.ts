/** Transactions whose connection breaks: they fail as one, and the process and its pool live on. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { connect, type Sql } from "@/db/connect.ts";
import { DatabaseUnavailableError } from "@/db/errors.ts";
import { transaction } from "@/db/transaction.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { postgresFromEnvironment } from "@/tests/helpers/postgres_environment.ts";
import { startTcpGateway, type TcpGateway } from "@/tests/helpers/tcp_gateway.ts";

/** A pool that reaches an empty database through a gateway, and a table to see what was done. */
async function withPool(run: (sql: Sql, gateway: TcpGateway) => Promise<void>): Promise<void> {
  await using postgres = await postgresFromEnvironment();
  const database = await postgres.createEmptyDatabase();
  const url = new URL(database.url);
  await using gateway = await startTcpGateway(() => Number(new URL(database.url).port));
  url.port = String(gateway.port);
  const sql = connect(url.toString(), { poolSize: 1 });
  try {
    await sql`create table done (what text)`;
    await run(sql, gateway);
    await gateway.accept();
    await eventually(() => sql`select 1`.then(() => true, () => false));
    assertEquals([...await sql`select what from done`], []);
  } finally {
    await sql.end({ timeout: 1 });
    await database.drop();
  }
}

Deno.test("a connection that breaks between two statements ends the transaction, and no later statement runs", async () => {
  await withPool(async (sql, gateway) => {
    let after: unknown = null;
    const ran = transaction(sql, async (tx) => {
      await tx`insert into done values ('first')`;
      await gateway.refuse();
      // The driver learns of it a moment later than this.
      await ended;
      try {
        await tx`insert into done values ('second')`;
        after = "ran";
      } catch (error) {
        after = error;
      }
    });
    const ended = ran.then(() => {}, () => {});
    await assertRejects(() => ran, DatabaseUnavailableError);
    // Whoever goes on in the transaction is refused on the spot.
    await eventually(() => after !== null);
    assert(after instanceof DatabaseUnavailableError, String(after));
  });
});

Deno.test("a connection that breaks during a statement ends the transaction", async () => {
  await withPool(async (sql, gateway) => {
    const lost = gateway.loseNext("'lost'", "answer");
    await assertRejects(
      () =>
        transaction(sql, async (tx) => {
          await tx`insert into done values ('first')`;
          await tx`insert into done values ('lost')`;
        }),
      DatabaseUnavailableError,
    );
    await lost;
    await gateway.refuse();
  });
});

Deno.test("what is thrown inside comes out, after a rollback", async () => {
  await withPool(async (sql, gateway) => {
    await assertRejects(
      () =>
        transaction(sql, async (tx) => {
          await tx`insert into done values ('first')`;
          throw new RangeError("no");
        }),
      RangeError,
      "no",
    );
    assertEquals(await transaction(sql, (tx) => tx`select 1 as one`.then(([row]) => row?.one)), 1);
    await gateway.refuse();
  });
});
