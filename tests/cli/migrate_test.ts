/** `cli migrate`, and what every command says when the configuration or the database is wrong. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { connect } from "@/db/connect.ts";
import { MIGRATIONS_FOLDER, readMigrations } from "@/db/migrate.ts";
import {
  type CliHarness,
  parseCliJson,
  refusalOf,
  runCli,
  startCliHarness,
} from "@/tests/helpers/cli.ts";
import {
  postgresFromEnvironment,
  type TestPostgres,
} from "@/tests/helpers/postgres_environment.ts";

const COMMANDS = [
  ["migrate"],
  ["account", "list"],
  ["account", "create", "--name", "x"],
  ["user", "list"],
  ["key", "list", "--json"],
  ["whatsapp", "status", "--json"],
  ["secrets", "rotate", "--json"],
];

describe("cli migrate", () => {
  let cli: CliHarness;
  let postgres: TestPostgres;
  beforeAll(async () => {
    cli = await startCliHarness();
    postgres = await postgresFromEnvironment();
  });
  afterAll(async () => {
    await cli[Symbol.asyncDispose]();
    await postgres[Symbol.asyncDispose]();
  });

  /** The environment of a database that the test has for itself. */
  const withDatabase = async (
    make: "createEmptyDatabase" | "createDatabase",
    use: (environment: Record<string, string>, url: string) => Promise<void>,
  ) => {
    const database = await postgres[make]();
    try {
      await use({ ...cli.environment, DATABASE_URL: database.url }, database.url);
    } finally {
      await database.drop();
    }
  };

  it("migrate applies everything to an empty database, and nothing the next time", async () => {
    const names = (await readMigrations(MIGRATIONS_FOLDER)).map(({ name }) => name);
    await withDatabase("createEmptyDatabase", async (environment) => {
      const first = await runCli(["migrate", "--json"], environment);
      assertEquals(parseCliJson(first), { applied: names });
      const second = await runCli(["migrate", "--json"], environment);
      assertEquals(parseCliJson(second), { applied: [] });
      const { stdout } = await runCli(["migrate"], environment);
      assertEquals(stdout, "The database is up to date\n");
    });
  });

  it("migrate tells people each file, and other commands migrate by themselves", async () => {
    await withDatabase("createEmptyDatabase", async (environment) => {
      const { stdout } = await runCli(["migrate"], environment);
      assertMatch(stdout, /^Applied 0001_accounts_and_keys\nApplied 0002_messages\n/);
    });
    await withDatabase("createEmptyDatabase", async (environment) => {
      assertEquals(parseCliJson(await runCli(["--json", "account", "list"], environment)), []);
    });
  });

  it("migrate names an applied migration that was edited", async () => {
    await withDatabase("createDatabase", async (environment, url) => {
      const sql = connect(url, { poolSize: 1 });
      await sql`update schema_migrations set checksum = 'other' where name like '0001%'`;
      await sql.end();
      const line = refusalOf(await runCli(["migrate", "--json"], environment));
      assertStringIncludes(line, '"0001_accounts_and_keys" was changed after it had been applied');
    });
  });

  it("every command says in one line that the database cannot be reached, without its password", async () => {
    const DATABASE_URL = "postgres://someone:pass-word@127.0.0.1:1/messages";
    for (const args of COMMANDS) {
      const line = refusalOf(await cli.run(args, { DATABASE_URL }));
      assertMatch(line, /^The database at DATABASE_URL cannot be reached: .*ECONNREFUSED/);
      assertEquals(line.includes("pass-word"), false);
    }
  });

  it("a wrong configuration is one line for each variable, before anything is opened", async () => {
    const { code, stdout, stderr } = await cli.run(["account", "list", "--json"], {
      PORT: "x",
      DATABASE_URL: "mysql://someone:pass-word@127.0.0.1/x",
      ENCRYPTION_KEY: "hush",
    });
    assertEquals([code, stdout], [1, ""]);
    assertEquals(stderr.trimEnd().split("\n").map((line) => line.split(/[ :]/)[0]), [
      "PORT",
      "DATABASE_URL",
      "ENCRYPTION_KEY",
    ]);
    assertEquals(/pass-word|hush/.test(stderr), false);
    const unread = await cli.run(["account", "list"], { DATABASE_URL: "postgres://a:%zz@b/c" });
    assertStringIncludes(refusalOf(unread), "DATABASE_URL cannot be read");
  });

  it("a command that does not exist, or is only half there, is exit 1 with nothing on stdout", async () => {
    for (const args of [[], ["nothing"], ["key"], ["key", "revoke"], ["--jsno", "migrate"]]) {
      const { code, stdout, stderr } = await cli.run(args);
      assertEquals([code, stdout], [1, ""], args.join(" "));
      assertMatch(stderr, /--help/, args.join(" "));
    }
  });

  it("--help lists the commands, and needs no database", async () => {
    const { code, stdout, stderr } = await runCli(["--help"], {});
    assertEquals([code, stderr], [0, ""]);
    for (const name of ["migrate", "account", "user", "key", "whatsapp", "secrets"]) {
      assertMatch(stdout, new RegExp(`\\n  ${name} `));
    }
  });
});
