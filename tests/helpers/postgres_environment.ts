/**
 * The Postgres that a test file uses: the one that the test run has started for all files (named in the environment,
 * with a migrated template), or a private one when a file is run by hand. Test files ask here and need not know which.
 * The private one costs about two seconds and lives until the file disposes of it.
 */
import { migrateUrl } from "@/db/migrate.ts";
import {
  createDatabase,
  createTemplate,
  type PostgresVersion,
  startPostgres,
  type TestDatabase,
} from "./postgres.ts";

/** A Postgres with a migrated template, shared or private. */
export interface TestPostgres extends AsyncDisposable {
  readonly version: PostgresVersion;
  /** A superuser's URL; for roles and settings, not for a test's own tables. */
  readonly adminUrl: string;
  /** Makes a database with the product's tables, for one test; 25–70 ms. */
  createDatabase(): Promise<TestDatabase>;
  /** Makes a database without any table. */
  createEmptyDatabase(): Promise<TestDatabase>;
  /** Ends a private Postgres; a shared one stays for the other files. */
  [Symbol.asyncDispose](): Promise<void>;
}

const TEMPLATE = "migrated_template";

/** The environment variable with the admin URL of the run's Postgres. */
export function postgresUrlVariable(version: PostgresVersion): string {
  return `TEST_POSTGRES_URL_${version}`;
}

/** The environment variable with the name of the migrated template, the same in every cluster of the run. */
export const TEMPLATE_VARIABLE = "TEST_POSTGRES_TEMPLATE";

/** Makes the migrated template in a cluster and returns its name. */
export async function makeMigratedTemplate(adminUrl: string): Promise<string> {
  await createTemplate(adminUrl, TEMPLATE, migrateUrl);
  return TEMPLATE;
}

/** The run's Postgres of this version, or a private one when the run has none. */
export async function postgresFromEnvironment(
  version: PostgresVersion = 18,
): Promise<TestPostgres> {
  const url = Deno.env.get(postgresUrlVariable(version));
  const template = Deno.env.get(TEMPLATE_VARIABLE);
  if (url !== undefined && template !== undefined) {
    return describe({ version, adminUrl: url, template, end: async () => {} });
  }
  await using onFailure = new AsyncDisposableStack();
  const cluster = onFailure.use(await startPostgres(version));
  const name = await makeMigratedTemplate(cluster.adminUrl);
  const owned = onFailure.move();
  return describe({
    version,
    adminUrl: cluster.adminUrl,
    template: name,
    end: () => owned.disposeAsync(),
  });
}

function describe(
  parts: {
    version: PostgresVersion;
    adminUrl: string;
    template: string;
    end: () => Promise<void>;
  },
): TestPostgres {
  const { version, adminUrl, template } = parts;
  return {
    version,
    adminUrl,
    createDatabase: () => createDatabase(adminUrl, { template }),
    createEmptyDatabase: () => createDatabase(adminUrl),
    [Symbol.asyncDispose]: parts.end,
  };
}
