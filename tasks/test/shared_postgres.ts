/**
 * The Postgres clusters that all test files of a run share, each with a migrated template. The tests find them through
 * the environment (see tests/helpers/postgres_environment.ts).
 */
import { type PostgresVersion, startPostgres } from "@/tests/helpers/postgres.ts";
import {
  makeMigratedTemplate,
  postgresUrlVariable,
  TEMPLATE_VARIABLE,
} from "@/tests/helpers/postgres_environment.ts";

/** Running clusters; disposing ends them. */
export interface SharedPostgres extends AsyncDisposable {
  /** The environment that tells the tests where they are. */
  readonly env: Record<string, string>;
}

/** Starts one cluster of each version at the same time and migrates their templates. */
export async function startSharedPostgres(versions: PostgresVersion[]): Promise<SharedPostgres> {
  await using onFailure = new AsyncDisposableStack();
  const env: Record<string, string> = {};
  // Settled, not raced: when one fails, the others must be there to be ended.
  const starts = await Promise.allSettled(versions.map(async (version) => {
    const cluster = onFailure.use(await startPostgres(version));
    env[TEMPLATE_VARIABLE] = await makeMigratedTemplate(cluster.adminUrl);
    env[postgresUrlVariable(version)] = cluster.adminUrl;
  }));
  const failed = starts.find((start) => start.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  const owned = onFailure.move();
  return { env, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
