/** Opening a Postgres: what an operator is told when it does not work, in time and without the password. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { openDatabase } from "@/db/connect.ts";
import { bounded, DatabaseSetupError, DatabaseUnavailableError } from "@/db/errors.ts";
import { timeLimitsAtRest } from "@/db/time_limits.ts";
import { type FakePostgresKind, startFakePostgres } from "@/tests/db/fake_postgres.ts";
import {
  postgresFromEnvironment,
  type TestPostgres,
} from "@/tests/helpers/postgres_environment.ts";

/** Longer than the driver waits between two attempts. */
const DRIVER_SETTLES_MS = 400;

describe("openDatabase()", () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await postgresFromEnvironment(15);
  });
  afterAll(async () => {
    await postgres[Symbol.asyncDispose]();
    // A driver that is ended between two attempts to connect makes one more; nothing announces that it is over.
    await new Promise((resolve) => setTimeout(resolve, DRIVER_SETTLES_MS));
  });

  it("opens the oldest supported Postgres, and closes it", async () => {
    const db = await openDatabase({ databaseUrl: postgres.adminUrl, dataDir: "/nowhere" });
    assertEquals(db.kind, "postgres");
    assertEquals([...await db.sql`select 1 as one`], [{ one: 1 }]);
    await db.close();
    await assertRejects(() => db.sql`select 1`, Error, "CONNECTION_ENDED");
  });

  it("says that nobody listens", async () => {
    const line = await refusalOf("postgres://someone:pass-word@127.0.0.1:1/somewhere");
    assertStringIncludes(line, "cannot be reached: connect ECONNREFUSED 127.0.0.1:1");
  });

  it("says that there is no such host", async () => {
    const line = await refusalOf("postgres://someone:pass-word@nowhere.invalid/somewhere");
    assertStringIncludes(line, "nowhere.invalid");
  });

  it("names a database and a user that are not there", async () => {
    const url = new URL(postgres.adminUrl);
    url.pathname = "/not_there";
    assertStringIncludes(await refusalOf(url.href), '"not_there"');
    url.username = "nobody";
    assertStringIncludes(await refusalOf(url.href), '"nobody"');
  });

  it("says that the password is wrong", async () => {
    const line = await refusalOf({
      refuses: { code: "28P01", message: 'password authentication failed for user "someone"' },
    });
    assertEquals(
      line,
      'The database at DATABASE_URL refuses the connection: password authentication failed for user "someone" ' +
        "(28P01). Check user, password and database name",
    );
  });

  it("says that a Postgres is too old, and takes the first one that is not", async () => {
    assertEquals(
      await refusalOf({ answers: 140021 }),
      "The Postgres at DATABASE_URL is version 14: version 15 or newer is needed",
    );
    await using fake = await startFakePostgres({ answers: 150000 });
    const db = await openDatabase({ databaseUrl: fake.url, dataDir: "/nowhere" });
    await db.close();
  });

  it("gives up on a server that never answers, and on one that closes every connection", async () => {
    const startedAt = performance.now();
    const lines = await Promise.all([refusalOf("silent"), refusalOf("closing")]);
    for (const line of lines) assertStringIncludes(line, "cannot be reached");
    assertEquals(performance.now() - startedAt < 14_000, true);
  });

  it("says that DATABASE_URL cannot be read", async () => {
    for (
      const url of [
        "postgres://",
        "postgres://someone:%zz@127.0.0.1:1/somewhere",
        "postgres://[pass-word/somewhere",
        "postgres://someone:pass-word@127.0.0.1:99999/somewhere",
      ]
    ) await refusalOf(url);
  });
});

describe("bounded()", () => {
  afterAll(timeLimitsAtRest);

  it("gives a query up when its time is over, in doubt whether it was carried out", async () => {
    const never = new Promise<never>(() => {});
    const error = await assertRejects(() => bounded(never, 20), DatabaseUnavailableError);
    assertEquals(error.inDoubt, true);
    assertEquals(await bounded(Promise.resolve(7), 1_000), 7);
  });

  it("tells a connection that was never made from one that broke", async () => {
    for (
      const [code, inDoubt] of [
        ["ECONNREFUSED", false],
        ["ENOTFOUND", false],
        ["CONNECT_TIMEOUT", false],
        ["CONNECTION_CLOSED", true],
        ["ECONNRESET", true],
        ["EPIPE", true],
      ] as const
    ) {
      const broken = Promise.reject(Object.assign(new Error(code), { code }));
      const error = await assertRejects(() => bounded(broken, 1_000), DatabaseUnavailableError);
      assertEquals(error.inDoubt, inDoubt, code);
    }
    await assertRejects(() => bounded(Promise.reject(new TypeError("other")), 1_000), TypeError);
  });
});

/** The line for the operator; it must be one line, and must not hold the password. */
async function refusalOf(target: string | FakePostgresKind): Promise<string> {
  const isUrl = typeof target === "string" && target.includes(":");
  await using fake = isUrl ? null : await startFakePostgres(target as FakePostgresKind);
  const error = await assertRejects(
    () => openDatabase({ databaseUrl: fake?.url ?? String(target), dataDir: "/nowhere" }),
    DatabaseSetupError,
    "DATABASE_URL",
  );
  assertEquals(error.message.includes("pass-word"), false, error.message);
  assertEquals(error.message.includes("\n"), false, error.message);
  return error.message;
}
