/**
 * A migrated embedded database, made once and copied for each test that needs one: a copy takes tens of milliseconds,
 * creation seconds. It lies in the system's temporary directory under the checksum of the migrations.
 */
import { join } from "node:path";
import { openDatabase } from "@/db/connect.ts";
import { migrate, MIGRATIONS_FOLDER, readMigrations } from "@/db/migrate.ts";

/** A new data directory with a migrated database in it; the caller removes it. */
export async function makeDataDir(): Promise<string> {
  const dataDir = await Deno.makeTempDir({ prefix: "messages-api-test-" });
  await copyDirectory(await templatePath(), dataDir);
  return dataDir;
}

async function templatePath(): Promise<string> {
  const migrations = await readMigrations(MIGRATIONS_FOLDER);
  const digest = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(JSON.stringify(migrations)),
  );
  const checksum = new Uint8Array(digest).toHex().slice(0, 16);
  const path = join(Deno.env.get("TMPDIR") ?? "/tmp", `messages-api-embedded-${checksum}`);
  // Several test files start at once: one makes it, the others wait.
  using lock = await Deno.open(`${path}.lock`, { create: true, write: true });
  await lock.lock(true);
  if (await exists(path)) return path;
  const draft = await Deno.makeTempDir({ prefix: "messages-api-template-" });
  const db = await openDatabase({ databaseUrl: null, dataDir: draft });
  await migrate(db.sql, migrations);
  await db.close();
  await Deno.remove(join(draft, "lock"));
  await Deno.rename(draft, path);
  return path;
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function copyDirectory(from: string, to: string): Promise<void> {
  for await (const entry of Deno.readDir(from)) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory) {
      await Deno.mkdir(target);
      await copyDirectory(source, target);
    } else if (entry.isFile) await Deno.copyFile(source, target);
  }
}
