/**
 * A statement that follows at once on one whose connection broke gets its own answer. The driver takes it for a
 * connection that is just being closed, and would give it the answer of another statement after the next connect.
 */
import { assertEquals } from "@std/assert";
import { connect } from "@/db/connect.ts";
import { bounded, DatabaseUnavailableError } from "@/db/errors.ts";
import { postgresFromEnvironment } from "@/tests/helpers/postgres_environment.ts";
import { startTcpGateway } from "@/tests/helpers/tcp_gateway.ts";

const ROUNDS = 20;
const STATEMENTS = 6;
const TIMEOUT_MS = 5_000;

Deno.test("statements right after a broken connection get their own answers", async () => {
  await using postgres = await postgresFromEnvironment();
  const database = await postgres.createDatabase();
  const url = new URL(database.url);
  const target = Number(url.port);
  await using gateway = await startTcpGateway(() => target);
  url.port = String(gateway.port);
  const sql = connect(url.href, { poolSize: 2 });
  /** Repeats at once what was lost with its connection. */
  const ask = async (value: number): Promise<unknown> => {
    while (true) {
      try {
        const rows = await bounded(
          sql`select ${value}::int as value, ${"lost"}::text as marker`,
          TIMEOUT_MS,
        );
        return rows[0]?.value;
      } catch (error) {
        if (!(error instanceof DatabaseUnavailableError)) throw error;
      }
    }
  };
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const values = Array.from({ length: STATEMENTS }, (_, index) => round * 100 + index);
      const lost = gateway.loseNext("lost", "answer");
      const answers = await Promise.all(values.map(ask));
      await lost;
      assertEquals(answers, values);
    }
  } finally {
    await sql.end({ timeout: 1 });
    await database.drop();
  }
});
