/**
 * Real Postgres servers for tests: a cluster in a temporary directory, on 127.0.0.1, that can be stopped, crashed and
 * started again on the same port and data. Databases inside it are made by postgres/databases.ts; most tests want
 * postgres_environment.ts, which shares the clusters of the whole run.
 * A run that is killed leaves its servers behind; the next start of any cluster removes them.
 */
import { makeClusterDirectory } from "./postgres/cluster_directory.ts";
import { createDatabase, createTemplate } from "./postgres/databases.ts";
import { PostgresServer } from "./postgres/server.ts";
import type { PostgresVersion } from "./postgres/binaries.ts";

export { createDatabase, createTemplate };
export type { PostgresVersion } from "./postgres/binaries.ts";
export type { TestDatabase } from "./postgres/databases.ts";

/** A running or stopped Postgres server with data of its own. */
export interface PostgresCluster extends AsyncDisposable {
  readonly version: PostgresVersion;
  /** The TCP port on 127.0.0.1: the same for the whole life of the cluster. */
  readonly port: number;
  /** URL of the superuser's database; it needs no password. */
  readonly adminUrl: string;
  /** The URL of one of its databases. */
  urlFor(database: string): string;
  /** Ends the server as an operator would: connections are cut, everything is written. The data stay. */
  stop(): Promise<void>;
  /** Ends the server as a crash would (SIGQUIT): no checkpoint, and the next start recovers from the log. */
  crash(): Promise<void>;
  /** Starts the server again after `stop` or `crash`; resolves when it accepts connections. */
  start(): Promise<void>;
  /** Ends the server and removes its directory. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** How a cluster runs. */
export interface PostgresOptions {
  /** True: commits wait for the disk, as in production. Default false: faster, safe against a crash of the server. */
  durable?: boolean;
  /** Memory for pages of tables and indexes, as Postgres writes it; little by default, as a test needs little. */
  sharedBuffers?: string;
}

/**
 * Starts a new, empty cluster and resolves when it accepts connections, after about one second.
 *
 * @throws Error with the server's own log when it does not start
 */
export async function startPostgres(
  version: PostgresVersion,
  options: PostgresOptions = {},
): Promise<PostgresCluster> {
  await using onFailure = new AsyncDisposableStack();
  const directory = await makeClusterDirectory();
  onFailure.defer(() => directory.remove());
  const server = await PostgresServer.create(version, {
    path: directory.path,
    durable: options.durable ?? false,
    sharedBuffers: options.sharedBuffers ?? "64MB",
  });
  onFailure.defer(() => server.end());
  const port = await server.startOnFreePort();
  const urlFor = (database: string): string => `postgres://postgres@127.0.0.1:${port}/${database}`;
  const owned = onFailure.move();
  return {
    version,
    port,
    adminUrl: urlFor("postgres"),
    urlFor,
    stop: () => server.stop("fast"),
    crash: () => server.stop("immediate"),
    start: () => server.start(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
