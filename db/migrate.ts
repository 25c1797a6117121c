/**
 * Brings a database to the newest schema: the files in db/migrations/ in order, each in a transaction of its own
 * together with its row in `schema_migrations`, under a lock, so that several processes may start at once. Forward
 * only. A file that changed after it was applied is an error: two databases would silently differ.
 */
import postgres from "postgres";
import { connect, type Sql } from "@/db/connect.ts";
import { DatabaseSetupError } from "@/db/errors.ts";
import { transaction } from "@/db/transaction.ts";

/** One file of db/migrations/. */
export interface Migration {
  /** The file's name without its ending, such as "0001_accounts_and_keys". */
  name: string;
  sql: string;
}

// Any number does, as long as no other part of the product takes the same one.
const LOCK_ID = 7_126_001;

/** The migrations of this version. */
export const MIGRATIONS_FOLDER = new URL("./migrations/", import.meta.url);

/** SQLSTATE insufficient_privilege. */
const NOT_ALLOWED = "42501";

const NAME = /^[0-9]{4}_[a-z0-9_]+$/;

/**
 * Applies what is missing. A database that a newer version has migrated further is left as it is.
 *
 * @returns the names that were applied now, in order
 * @throws DatabaseSetupError when an applied migration was edited, or the database's user may not create tables
 */
export async function migrate(
  sql: Sql,
  migrations: Migration[],
): Promise<{ applied: string[] }> {
  await createMigrationsTable(sql);
  const applied: string[] = [];
  for (const migration of migrations) {
    if (await applyOne(sql, migration)) applied.push(migration.name);
  }
  return { applied };
}

/** Whether every migration has been applied to this database. */
export async function isMigrated(
  sql: Sql,
  migrations: Migration[],
): Promise<boolean> {
  const rows = await sql<
    { name: string }[]
  >`select name from schema_migrations`;
  const names = new Set(rows.map((row) => row.name));
  return migrations.every((migration) => names.has(migration.name));
}

/** Migrates the Postgres at a URL with the migrations of this folder, on a connection of its own. */
export async function migrateUrl(
  databaseUrl: string,
): Promise<{ applied: string[] }> {
  const sql = connect(databaseUrl, { poolSize: 1 });
  try {
    return await migrate(
      sql,
      await readMigrations(MIGRATIONS_FOLDER),
    );
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Reads the migrations of a folder, in the order of their names. */
export async function readMigrations(folder: URL): Promise<Migration[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    if (entry.isFile && entry.name.endsWith(".sql")) {
      names.push(entry.name.slice(0, -4));
    }
  }
  const wrong = names.find((name) => !NAME.test(name));
  if (wrong !== undefined) {
    throw new DatabaseSetupError(
      `The migration "${wrong}.sql" must be named like "0001_what_it_does.sql"`,
    );
  }
  return await Promise.all(
    names.sort().map(async (name) => ({
      name,
      sql: await Deno.readTextFile(new URL(`${name}.sql`, folder)),
    })),
  );
}

async function createMigrationsTable(sql: Sql): Promise<void> {
  try {
    await transaction(sql, async (tx) => {
      // "if not exists" alone still collides when two processes create the table at the same moment.
      await tx`select pg_advisory_xact_lock(${LOCK_ID})`;
      await tx`
        create table if not exists schema_migrations (
          name text primary key,
          checksum text not null,
          applied_at timestamptz(3) not null default now()
        )
      `;
    });
  } catch (error) {
    if (!(error instanceof postgres.PostgresError) || error.code !== NOT_ALLOWED) throw error;
    throw new DatabaseSetupError(
      `The database's user may not create tables (${error.message}): make it the owner of the database, or grant it ` +
        'CREATE on the schema "public"',
      { cause: error },
    );
  }
}

async function applyOne(sql: Sql, migration: Migration): Promise<boolean> {
  const checksum = await sha256Hex(migration.sql);
  return await transaction(sql, async (tx) => {
    // Held until the end of the transaction; the embedded database runs one transaction at a time anyway.
    await tx`select pg_advisory_xact_lock(${LOCK_ID})`;
    const [known] = await tx<{ checksum: string }[]>`
      select checksum from schema_migrations where name = ${migration.name}
    `;
    if (known !== undefined) {
      if (known.checksum === checksum) return false;
      throw new DatabaseSetupError(
        `The migration "${migration.name}" was changed after it had been applied: restore the file and put the ` +
          "change into a new migration",
      );
    }
    await tx.unsafe(migration.sql).simple();
    await tx`insert into schema_migrations (name, checksum) values (${migration.name}, ${checksum})`;
    return true;
  });
}

async function sha256Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(text),
  );
  return Array.from(
    new Uint8Array(digest),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
}
