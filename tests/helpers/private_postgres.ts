/** A Postgres cluster of a test's own, with a migrated template: one that the test may stop, crash and start. */
import { type PostgresCluster, startPostgres } from "@/tests/helpers/postgres.ts";
import { createDatabase } from "@/tests/helpers/postgres.ts";
import { makeMigratedTemplate, type TestPostgres } from "@/tests/helpers/postgres_environment.ts";

/** Starts one; pass `postgres` to `startHarness`. The caller disposes of it, after the harness. */
export async function startPrivatePostgres(): Promise<
  { cluster: PostgresCluster; postgres: TestPostgres } & AsyncDisposable
> {
  await using onFailure = new AsyncDisposableStack();
  const cluster = onFailure.use(await startPostgres(18));
  const { adminUrl } = cluster;
  const template = await makeMigratedTemplate(adminUrl);
  const owned = onFailure.move();
  const end = () => owned.disposeAsync();
  return {
    cluster,
    postgres: {
      version: 18,
      adminUrl,
      createDatabase: () => createDatabase(adminUrl, { template }),
      createEmptyDatabase: () => createDatabase(adminUrl),
      [Symbol.asyncDispose]: end,
    },
    [Symbol.asyncDispose]: end,
  };
}
