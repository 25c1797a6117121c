/** The embedded database: private to its user, for one process at a time, and open again after a crash. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { openDatabase } from "@/db/connect.ts";
import { DatabaseSetupError } from "@/db/errors.ts";
import { isMigrated, migrate, MIGRATIONS_FOLDER, readMigrations } from "@/db/migrate.ts";
import { makeDataDir } from "@/tests/helpers/embedded_template.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("openDatabase() creates a directory that only its user may enter, and can be migrated", async () => {
  await withTempDir(async (parent) => {
    const dataDir = `${parent}/deep/data`;
    const db = await openDatabase({ databaseUrl: null, dataDir });
    try {
      assertEquals(db.kind, "embedded");
      assertEquals(db.sql.options.max, 1);
      assertEquals(await modeOf(dataDir), "700");
      assertEquals(await modeOf(`${dataDir}/lock`), "600");
      assertEquals((await Deno.lstat(`${dataDir}/socket`)).isSocket, true);
      const migrations = await readMigrations(MIGRATIONS_FOLDER);
      const { applied } = await migrate(db.sql, migrations);
      assertEquals(applied, migrations.map(({ name }) => name));
      assertEquals(await isMigrated(db.sql, migrations), true);
    } finally {
      await db.close();
    }
  });
});

Deno.test("openDatabase() takes the rights of others away from a directory that is there already", async () => {
  await withDataDir(async (dataDir) => {
    await Deno.chmod(dataDir, 0o777);
    await useDatabase(dataDir, async () => assertEquals(await modeOf(dataDir), "700"));
  });
});

Deno.test("A second opener is told that the directory is in use, in this process too", async () => {
  await withDataDir(async (dataDir) => {
    await useDatabase(dataDir, async (sql) => {
      const error = await assertRejects(() => open(dataDir), DatabaseSetupError, dataDir);
      assertStringIncludes(error.message, "in use by another process: stop the server");
      // The first one goes on undisturbed.
      assertEquals([...await sql`select 1 as one`], [{ one: 1 }]);
    });
    await useDatabase(dataDir, async (sql) => {
      assertEquals([...await sql`select 1 as one`], [{ one: 1 }]);
    });
  });
});

Deno.test("After a SIGKILL the lock is free, the stale socket is removed, and what was committed is there", async () => {
  await withDataDir(async (dataDir) => {
    const holder = await startHolder(dataDir);
    await assertRejects(() => open(dataDir), DatabaseSetupError, "in use by another process");
    holder.kill("SIGKILL");
    await holder.status;
    assertEquals((await Deno.lstat(`${dataDir}/socket`)).isSocket, true);
    await useDatabase(dataDir, async (sql) => {
      assertEquals([...await sql`select note from crash`], [{ note: "committed" }]);
    });
  });
});

Deno.test("Many queries and transactions at once go one after the other, without mixing", async () => {
  await withDataDir((dataDir) =>
    useDatabase(dataDir, async (sql) => {
      await sql`create table counter (value integer)`;
      await sql`insert into counter values (0)`;
      await Promise.all(Array.from({ length: 30 }, (_, index) =>
        index % 3 === 0 ? sql`select ${index}::int as index` : sql.begin(async (tx) => {
          const [row] = await tx<{ value: number }[]>`select value from counter`;
          await tx`update counter set value = ${(row?.value ?? 0) + 1}`;
        })));
      assertEquals([...await sql`select value from counter`], [{ value: 20 }]);
    })
  );
});

Deno.test("openDatabase() says in one line what is wrong with DATA_DIR", async () => {
  await withTempDir(async (parent) => {
    await Deno.writeTextFile(`${parent}/file`, "");
    await Deno.mkdir(`${parent}/lock-is-a-folder/lock`, { recursive: true });
    for (
      const [dataDir, reason] of [
        [`${parent}/file`, "writable"],
        [`${parent}/file/below`, "writable"],
        [`${parent}/lock-is-a-folder`, "writable"],
        [`${parent}/${"long".repeat(25)}`, "too long for the socket"],
      ] as const
    ) {
      const error = await assertRejects(() => open(dataDir), DatabaseSetupError, reason);
      assertStringIncludes(error.message, `"${dataDir}"`);
      assertEquals(error.message.includes("\n"), false, error.message);
    }
  });
});

function open(dataDir: string): ReturnType<typeof openDatabase> {
  return openDatabase({ databaseUrl: null, dataDir });
}

type Sql = Awaited<ReturnType<typeof openDatabase>>["sql"];

async function useDatabase(dataDir: string, use: (sql: Sql) => Promise<void>): Promise<void> {
  const db = await open(dataDir);
  try {
    await use(db.sql);
  } finally {
    await db.close();
  }
}

async function withDataDir(use: (dataDir: string) => Promise<void>): Promise<void> {
  const dataDir = await makeDataDir();
  try {
    await use(dataDir);
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
}

async function withTempDir(use: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir();
  try {
    await use(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

/** A process that has the database open and has committed a row. */
async function startHolder(dataDir: string): Promise<Deno.ChildProcess> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["eval", "--config", "deno.test.json"],
      `import { openDatabase } from "@/db/connect.ts";
       const db = await openDatabase({ databaseUrl: null, dataDir: ${JSON.stringify(dataDir)} });
       await db.sql\`create table crash (note text)\`;
       await db.sql\`insert into crash values ('committed')\`;
       console.log("ready");`,
    ],
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  assertEquals(new TextDecoder().decode(value), "ready\n");
  await reader.cancel();
  return child;
}

async function modeOf(path: string): Promise<string> {
  const { mode } = await Deno.stat(path);
  return ((mode ?? 0) & 0o777).toString(8);
}
