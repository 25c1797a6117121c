/** Migrations: each once, in order, whoever else starts at the same moment, and never half. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { connect, type Sql } from "@/db/connect.ts";
import { DatabaseSetupError } from "@/db/errors.ts";
import {
  isMigrated,
  migrate,
  type Migration,
  MIGRATIONS_FOLDER,
  readMigrations,
} from "@/db/migrate.ts";
import {
  postgresFromEnvironment,
  type TestPostgres,
} from "@/tests/helpers/postgres_environment.ts";

const FIRST: Migration = { name: "0001_first", sql: "create table first (id integer)" };
const SECOND: Migration = {
  name: "0002_second",
  sql: "create table second (id integer);\ninsert into second values (1);",
};

describe("migrate()", () => {
  let postgres: TestPostgres;
  let migrations: Migration[];
  beforeAll(async () => {
    postgres = await postgresFromEnvironment();
    migrations = await readMigrations(MIGRATIONS_FOLDER);
  });
  afterAll(() => postgres[Symbol.asyncDispose]());

  it("applies everything to an empty database, in order, and nothing the second time", async () => {
    await using db = await openEmpty(postgres);
    const names = migrations.map(({ name }) => name);
    assertEquals(names, names.toSorted());
    assertEquals(await migrate(db.sql, migrations), { applied: names });
    assertEquals(await migrate(db.sql, migrations), { applied: [] });
    const rows = await db.sql`select name from schema_migrations order by name`;
    assertEquals(rows.map(({ name }) => name), names);
    assertEquals(await isMigrated(db.sql, migrations), true);
  });

  it("applies only what is new", async () => {
    await using db = await openEmpty(postgres);
    assertEquals(await migrate(db.sql, [FIRST]), { applied: ["0001_first"] });
    assertEquals(await isMigrated(db.sql, [FIRST, SECOND]), false);
    assertEquals(await migrate(db.sql, [FIRST, SECOND]), { applied: ["0002_second"] });
    assertEquals([...await db.sql`select id from second`], [{ id: 1 }]);
  });

  it("applies each migration once when twenty processes start at once, and fails none", async () => {
    for (let round = 0; round < 3; round++) {
      await using db = await openEmpty(postgres);
      const starters = Array.from({ length: 20 }, () => connect(db.url, { poolSize: 1 }));
      try {
        await Promise.all(starters.map((sql) => sql`select 1`));
        const results = await Promise.all(starters.map((sql) => migrate(sql, migrations)));
        assertEquals(
          results.flatMap(({ applied }) => applied).toSorted(),
          migrations.map(({ name }) => name),
        );
      } finally {
        await Promise.all(starters.map((sql) => sql.end({ timeout: 5 })));
      }
    }
  });

  it("refuses a migration that was edited after it had been applied, and names it", async () => {
    await using db = await openEmpty(postgres);
    await migrate(db.sql, [FIRST]);
    const edited = { ...FIRST, sql: `${FIRST.sql} ` };
    const error = await assertRejects(
      () => migrate(db.sql, [edited, SECOND]),
      DatabaseSetupError,
      '"0001_first"',
    );
    assertStringIncludes(error.message, "restore the file");
    assertEquals(await tablesOf(db.sql), ["first", "schema_migrations"]);
  });

  it("leaves nothing of a migration that fails, keeps those before it, and goes on once it is mended", async () => {
    await using db = await openEmpty(postgres);
    const broken = { ...SECOND, sql: `${SECOND.sql}\nselect nothing from nowhere;` };
    const third = { name: "0003_third", sql: "create table third (id integer)" };
    await assertRejects(() => migrate(db.sql, [FIRST, broken, third]), Error, "nowhere");
    assertEquals(await tablesOf(db.sql), ["first", "schema_migrations"]);
    assertEquals([...await db.sql`select name from schema_migrations`], [{ name: "0001_first" }]);
    assertEquals(await migrate(db.sql, [FIRST, SECOND, third]), {
      applied: ["0002_second", "0003_third"],
    });
  });

  it("tells an operator whose database user may not create tables", async () => {
    await using db = await openEmpty(postgres);
    const role = `guest_${crypto.randomUUID().replaceAll("-", "")}`;
    await db.sql.unsafe(`create role ${role} login`);
    const url = new URL(db.url);
    url.username = role;
    const sql = connect(url.href, { poolSize: 1 });
    try {
      await assertRejects(() => migrate(sql, migrations), DatabaseSetupError, "may not create");
    } finally {
      await sql.end({ timeout: 5 });
      await db.sql.unsafe(`drop role ${role}`);
    }
  });
});

describe("readMigrations()", () => {
  it("reads the SQL files of a folder in the order of their names, and refuses an odd name", async () => {
    const folder = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(`${folder}/0002_b.sql`, "select 2");
      await Deno.writeTextFile(`${folder}/0001_a.sql`, "select 1");
      await Deno.writeTextFile(`${folder}/notes.txt`, "");
      const url = new URL(`file://${folder}/`);
      assertEquals(await readMigrations(url), [
        { name: "0001_a", sql: "select 1" },
        { name: "0002_b", sql: "select 2" },
      ]);
      await Deno.writeTextFile(`${folder}/3-c.sql`, "");
      await assertRejects(() => readMigrations(url), DatabaseSetupError, '"3-c.sql"');
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
});

/** A database without tables, and one connection to it. */
async function openEmpty(
  postgres: TestPostgres,
): Promise<AsyncDisposable & { sql: Sql; url: string }> {
  const database = await postgres.createEmptyDatabase();
  const sql = connect(database.url, { poolSize: 1 });
  return {
    sql,
    url: database.url,
    [Symbol.asyncDispose]: async () => {
      await sql.end({ timeout: 5 });
      await database.drop();
    },
  };
}

async function tablesOf(sql: Sql): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select relname as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r'
    order by relname
  `;
  return rows.map(({ name }) => name);
}
