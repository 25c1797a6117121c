/**
 * Opens what a server or a CLI command needs, in order: database, schema, encryption key. Each can refuse with one
 * line for the operator.
 */
import { type Database, openDatabase } from "@/db/connect.ts";
import { DatabaseSetupError } from "@/db/errors.ts";
import { migrate, MIGRATIONS_FOLDER, readMigrations } from "@/db/migrate.ts";
import { type Config, ConfigError } from "@/lib/config.ts";
import { loadOrCreateKeyFile } from "@/lib/encryption_key.ts";
import { checkEncryptionKey } from "@/lib/integration_secrets.ts";
import { SecretBox, SecretError } from "@/lib/secret_box.ts";

/** An open, migrated database and the box that reads its secrets. */
export interface OpenStore {
  db: Database;
  secrets: SecretBox;
  /** The migrations that were applied now. */
  applied: string[];
}

/**
 * Opens and migrates the database, and makes sure that its secrets can be read.
 *
 * @throws DatabaseSetupError, SecretError
 */
export async function openStore(config: Config): Promise<OpenStore> {
  const db = await openDatabase(config);
  try {
    const { applied } = await migrate(db.sql, await readMigrations(MIGRATIONS_FOLDER));
    const keys = config.encryptionKeys.length > 0
      ? config.encryptionKeys
      : [await loadOrCreateKeyFile(config.dataDir)];
    const secrets = new SecretBox(keys);
    await checkEncryptionKey(db.sql, secrets);
    return { db, secrets, applied };
  } catch (error) {
    await db.close();
    throw error;
  }
}

/** The lines for the operator, if an error is one that an operator can mend; null for a fault of the program. */
export function describeSetupError(error: unknown): string[] | null {
  if (error instanceof ConfigError) return error.problems;
  if (error instanceof DatabaseSetupError || error instanceof SecretError) return [error.message];
  return null;
}
