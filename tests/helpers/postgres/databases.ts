/**
 * Databases inside a test cluster: one per test, copied from a template that was migrated once. Copying costs tens of
 * milliseconds, migrating again would cost far more. Knows nothing of what the template contains.
 */
import postgres from "postgres";

/** A database of one test. */
export interface TestDatabase {
  /** URL with host, port, user and this database. */
  readonly url: string;
  readonly name: string;
  /** Removes the database, cutting connections that are still open. Does nothing when it is gone already. */
  drop(): Promise<void>;
}

/**
 * Makes a database with a name of its own, empty or as a copy of a template.
 *
 * @param adminUrl a superuser's URL of any other database of the cluster
 */
export async function createDatabase(
  adminUrl: string,
  options: { template?: string } = {},
): Promise<TestDatabase> {
  const name = `test_${crypto.randomUUID().replaceAll("-", "")}`;
  await runStatements(adminUrl, [
    `create database "${name}" template "${options.template ?? "template0"}"`,
  ]);
  return {
    url: urlOf(adminUrl, name),
    name,
    drop: () => runStatements(adminUrl, [`drop database if exists "${name}" with (force)`]),
  };
}

/**
 * Makes a template: a database that `migrate` fills by its URL, closed to connections afterwards, because Postgres
 * copies only a database that nobody uses.
 *
 * @throws what `migrate` throws, after removing the database, so that a second try finds the name free
 */
export async function createTemplate(
  adminUrl: string,
  name: string,
  migrate: (url: string) => Promise<unknown>,
): Promise<void> {
  await runStatements(adminUrl, [
    `create database "${name}" template "template0"`,
  ]);
  try {
    await migrate(urlOf(adminUrl, name));
  } catch (error) {
    await runStatements(adminUrl, [`drop database "${name}" with (force)`]);
    throw error;
  }
  await runStatements(adminUrl, [
    `alter database "${name}" with is_template true allow_connections false`,
  ]);
}

async function runStatements(
  adminUrl: string,
  statements: string[],
): Promise<void> {
  const sql = postgres(adminUrl, { max: 1, onnotice: () => {} });
  try {
    for (const statement of statements) await sql.unsafe(statement);
  } finally {
    await sql.end();
  }
}

function urlOf(adminUrl: string, database: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  return url.href;
}
