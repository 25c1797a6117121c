/**
 * `deno task schema`: writes db/schema.sql, the schema that the migrations make, for people who review a change. Uses
 * the embedded database in a temporary directory, so that no Postgres is needed; a test compares the file with real
 * ones.
 */
import { openDatabase } from "@/db/connect.ts";
import { describeSchema } from "@/db/describe_schema.ts";
import { migrate, MIGRATIONS_FOLDER, readMigrations } from "@/db/migrate.ts";

/** The generated file. */
export const SCHEMA_FILE = new URL("../db/schema.sql", import.meta.url);

const HEADER = `-- The schema that db/migrations/ makes, for reading and reviewing; it is not run.
-- Generated: "deno task schema" writes it again after a new migration.
`;

/** The text that db/schema.sql should have, from the description of a migrated database. */
export function schemaFileText(description: string): string {
  return `${HEADER}\n${description}`;
}

if (import.meta.main) {
  const dataDir = await Deno.makeTempDir({ prefix: "messages-api-schema-" });
  try {
    const db = await openDatabase({ databaseUrl: null, dataDir });
    try {
      await migrate(db.sql, await readMigrations(MIGRATIONS_FOLDER));
      await Deno.writeTextFile(SCHEMA_FILE, schemaFileText(await describeSchema(db.sql)));
    } finally {
      await db.close();
    }
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
}
