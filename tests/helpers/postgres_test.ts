/**
 * What other tests rely on when they ask for a Postgres. Starts several real clusters, which makes this one of the
 * slower files.
 */
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import postgres from "postgres";
import {
  createDatabase,
  createTemplate,
  type PostgresCluster,
  startPostgres,
  type TestDatabase,
} from "./postgres.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("A durable cluster of Postgres 15", async (t) => {
  await using cluster = await startPostgres(15, { durable: true });
  await t.step("waits for the disk", async () => {
    assertEquals(await readSettings(cluster), { version: 15, addresses: "127.0.0.1", fsync: "on" });
  });
  await checkDatabases(t, cluster);
  await checkRestarts(t, cluster);
});

Deno.test("A cluster of Postgres 18", async (t) => {
  await using cluster = await startPostgres(18);
  await t.step("takes connections on 127.0.0.1 alone, and does not wait for the disk", async () => {
    assertEquals(await readSettings(cluster), {
      version: 18,
      addresses: "127.0.0.1",
      fsync: "off",
    });
  });
  await checkDatabases(t, cluster);
  await checkRestarts(t, cluster);

  await t.step("is used by a test file when the run names it", async () => {
    await createTemplate(
      cluster.adminUrl,
      "shared",
      (url) => query(url, "create table from_the_run ()"),
    );
    const tables = await tablesSeenByFile({
      TEST_POSTGRES_URL_18: cluster.adminUrl,
      TEST_POSTGRES_TEMPLATE: "shared",
    });
    assertEquals(tables, ["from_the_run"]);
  });

  await t.step(
    "survives the start of another one, which ends only the servers of killed runs",
    async () => {
      const orphanUrl = await leaveCluster();
      // A file that is run by hand gets a private Postgres, with the product's tables.
      const tables = await tablesSeenByFile({
        TEST_POSTGRES_URL_18: undefined,
        TEST_POSTGRES_TEMPLATE: undefined,
      });
      assert(tables.includes("schema_migrations"), `Found only ${tables.join(", ")}`);
      assertMatch(orphanUrl, /^postgres:/);
      await assertRejects(() => query(orphanUrl, "select 1"), Error, "ECONNREFUSED");
      assertEquals(await query(cluster.adminUrl, "select 1 as one"), [{ one: 1 }]);
    },
  );

  await t.step("leaves neither server nor files when it is disposed of", async () => {
    const [row] = await query<{ path: string }>(
      cluster.adminUrl,
      "select current_setting('data_directory') as path",
    );
    const path = row?.path ?? "";
    await Deno.stat(path);
    await cluster[Symbol.asyncDispose]();
    await assertRejects(() => query(cluster.adminUrl, "select 1"), Error, "ECONNREFUSED");
    await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
  });
});

Deno.test("A Postgres that cannot be run is told with the variable that names another", async () => {
  const { stderr, success } = await runEval(
    `import { startPostgres } from "@/tests/helpers/postgres.ts"; await startPostgres(15);`,
    { TEST_POSTGRES_15: "/nowhere" },
  );
  assertEquals(success, false);
  assertStringIncludes(stderr, "/nowhere/bin/initdb");
  assertStringIncludes(stderr, "TEST_POSTGRES_15");
});

async function checkDatabases(t: Deno.TestContext, cluster: PostgresCluster): Promise<void> {
  const { adminUrl } = cluster;
  await t.step("copies a template into separate databases, at the same time too", async () => {
    await createTemplate(
      adminUrl,
      "letters",
      (url) => query(url, "create table letters (body text)"),
    );
    const make = (): Promise<TestDatabase> => createDatabase(adminUrl, { template: "letters" });
    const databases = await Promise.all([make(), make(), make()]);
    const [first, second] = databases;
    await query(first.url, "insert into letters values ('only here')");
    assertEquals(await query(first.url, "select body from letters"), [{ body: "only here" }]);
    assertEquals(await query(second.url, "select body from letters"), []);
    assertEquals(new Set(databases.map((database) => database.name)).size, 3);
    await Promise.all(databases.map((database) => database.drop()));
  });

  await t.step(
    "drops a database with an open connection, and a second time without complaint",
    async () => {
      const database = await createDatabase(adminUrl);
      const sql = postgres(database.url, { max: 1 });
      await sql`select 1`;
      await database.drop();
      await database.drop();
      await sql.end();
      assertEquals(
        await query(adminUrl, `select 1 from pg_database where datname = '${database.name}'`),
        [],
      );
    },
  );

  await t.step("keeps no half-made template when its migration fails", async () => {
    const failing = (): Promise<void> => Promise.reject(new Error("Migration 7 failed"));
    await assertRejects(
      () => createTemplate(adminUrl, "tried", failing),
      Error,
      "Migration 7 failed",
    );
    await createTemplate(adminUrl, "tried", (url) => query(url, "create table works ()"));
  });
}

async function checkRestarts(t: Deno.TestContext, cluster: PostgresCluster): Promise<void> {
  await t.step("keeps committed rows and its port through a crash and through a stop", async () => {
    const url = cluster.urlFor("postgres");
    await query(url, "create table kept (word text)");
    await query(url, "insert into kept values ('before the crash')");
    await cluster.crash();
    await assertRejects(() => query(url, "select 1"), Error, "ECONNREFUSED");
    await cluster.start();
    await query(url, "insert into kept values ('before the stop')");
    await cluster.stop();
    await assertRejects(() => query(url, "select 1"), Error, "ECONNREFUSED");
    await cluster.start();
    assertEquals(await query(url, "select word from kept order by word"), [
      { word: "before the crash" },
      { word: "before the stop" },
    ]);
  });
}

async function readSettings(cluster: PostgresCluster): Promise<object | undefined> {
  const [row] = await query(
    cluster.adminUrl,
    `select current_setting('server_version_num')::int / 10000 as version,
            current_setting('listen_addresses') as addresses, current_setting('fsync') as fsync`,
  );
  return row;
}

/** Starts a cluster in another process, kills that process, and answers the URL of the server it leaves behind. */
async function leaveCluster(): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["eval", "--config", "deno.test.json"],
      `import { startPostgres } from "@/tests/helpers/postgres.ts";
       console.log((await startPostgres(18)).adminUrl);
       await new Promise(() => setInterval(() => {}, 1000));`,
    ],
    cwd: ROOT,
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value } = await reader.read();
  child.kill("SIGKILL");
  await child.status;
  await reader.cancel();
  return value?.trim() ?? "";
}

/** The tables of a database made in a process with this environment. */
async function tablesSeenByFile(
  environment: Record<string, string | undefined>,
): Promise<string[]> {
  const { stdout, stderr, success } = await runEval(
    `import { postgresFromEnvironment } from "@/tests/helpers/postgres_environment.ts";
     import postgres from "postgres";
     await using server = await postgresFromEnvironment();
     const database = await server.createDatabase();
     const sql = postgres(database.url);
     const rows = await sql\`select tablename from pg_tables where schemaname = 'public' order by 1\`;
     await sql.end();
     await database.drop();
     console.log(JSON.stringify(rows.map((row) => row.tablename)));`,
    environment,
  );
  assert(success, stderr);
  return JSON.parse(stdout);
}

async function runEval(
  code: string,
  environment: Record<string, string | undefined>,
): Promise<{ stdout: string; stderr: string; success: boolean }> {
  const env = { ...Deno.env.toObject(), ...environment, NO_COLOR: "1" };
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--config", "deno.test.json", code],
    cwd: ROOT,
    clearEnv: true,
    // An undefined value takes the variable away.
    env: Object.fromEntries(
      Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined),
    ),
  }).output();
  const decoder = new TextDecoder();
  return { stdout: decoder.decode(stdout), stderr: decoder.decode(stderr), success };
}

async function query<Row extends object>(url: string, text: string): Promise<Row[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return [...await sql.unsafe<Row[]>(text)];
  } finally {
    await sql.end();
  }
}
