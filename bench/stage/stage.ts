/**
 * What every benchmark of the server stands on: a database, the simulator of Meta, an account that is connected to it,
 * and the bare handler. Everything runs on this machine. The database is a Postgres that flushes to the disk, or, as
 * that has room for one process only, an embedded one for the server and another for the bare handler.
 */
import { randomBytes } from "node:crypto";
import { connect } from "@/db/connect.ts";
import { SecretBox } from "@/lib/secret_box.ts";
import { makeDataDir } from "@/tests/helpers/embedded_template.ts";
import { createDatabase, startPostgres } from "@/tests/helpers/postgres.ts";
import { makeMigratedTemplate } from "@/tests/helpers/postgres_environment.ts";
import { type KeySpec, seedAccount, type SeededAccount, seedKey } from "@/tests/helpers/seed.ts";
import {
  type Program,
  startBareHandler,
  startEmbeddedProduct,
  startProduct,
  startSimulatorProgram,
} from "@/bench/stage/programs.ts";

/** The test default, of 64 MB, would measure how quickly pages come from the system. */
const SHARED_BUFFERS = "4GB";

/** The stage. */
export interface Stage extends AsyncDisposable {
  account: SeededAccount;
  bare: Program;
  simulator: Program;
  /** Null for the embedded database. */
  postgres: { pid: number; port: number } | null;
  query<Row>(text: string, params?: Param[]): Promise<Row[]>;
  makeKey(spec: KeySpec): Promise<{ key: string }>;
  /**
   * Starts a server process; the stage ends it.
   *
   * @param options.postgresPort reaches Postgres another way, such as through a gateway
   */
  startServer(options?: { postgresPort?: number }): Promise<Program>;
}

type Param = string | number | boolean | null;
type Database = Pick<Stage, "account" | "postgres" | "query" | "makeKey" | "startServer">;

/** A Postgres for stages to share, each with a database of its own. */
export interface StageCluster extends AsyncDisposable {
  adminUrl: string;
  port: number;
  /** The database that theirs are copies of. */
  template: string;
}

/** Starts a Postgres. */
export async function startCluster(): Promise<StageCluster> {
  await using onFailure = new AsyncDisposableStack();
  const cluster = onFailure.use(
    await startPostgres(18, { durable: true, sharedBuffers: SHARED_BUFFERS }),
  );
  const { adminUrl, port } = cluster;
  await configure(adminUrl);
  const template = await makeMigratedTemplate(adminUrl);
  const owned = onFailure.move();
  return { adminUrl, port, template, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** As docs/performance.md advises: a checkpoint makes Postgres log every page anew. */
async function configure(adminUrl: string): Promise<void> {
  const sql = connect(adminUrl, { poolSize: 1 });
  await sql`alter system set max_wal_size = '4GB'`;
  await sql`select pg_reload_conf()`;
  await sql.end();
}

/** Whether the shared memory of a Postgres lies in huge pages, which it uses when the machine has some to spare. */
export async function usesHugePages({ adminUrl }: StageCluster): Promise<boolean> {
  const sql = connect(adminUrl, { poolSize: 1 });
  const [row] = await sql<{ huge_pages_status: string }[]>`show huge_pages_status`;
  await sql.end();
  return row?.huge_pages_status === "on";
}

/**
 * Sets the stage.
 *
 * @param options.cluster where its database is to be; without it, it has a Postgres of its own
 */
export async function setStage(
  options: { embedded?: boolean; cluster?: StageCluster } = {},
): Promise<Stage> {
  await using onFailure = new AsyncDisposableStack();
  const simulator = onFailure.use(await startSimulatorProgram());
  const metaUrl = `http://127.0.0.1:${simulator.port}`;
  const { database, bareEnvironment } = options.embedded
    ? await openEmbedded(onFailure, metaUrl)
    : await openPostgres(onFailure, {
      metaUrl,
      cluster: options.cluster ?? onFailure.use(await startCluster()),
    });
  const { account } = database;
  await simulator.addNumber({
    id: account.phoneNumberId ?? "",
    wabaId: account.wabaId,
    accessToken: account.accessToken,
    appSecret: account.appSecret,
  });
  const bare = onFailure.use(
    await startBareHandler({
      ...bareEnvironment,
      META_GRAPH_URL: metaUrl,
      PHONE_NUMBER_ID: account.phoneNumberId ?? "",
      ACCESS_TOKEN: account.accessToken,
    }),
  );
  const owned = onFailure.move();
  return { ...database, bare, simulator, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

interface Opened {
  database: Database;
  bareEnvironment: Record<string, string>;
}

async function openPostgres(
  cleanUp: AsyncDisposableStack,
  { metaUrl, cluster }: { metaUrl: string; cluster: StageCluster },
): Promise<Opened> {
  const { url } = await createDatabase(cluster.adminUrl, { template: cluster.template });
  const sql = connect(url, { poolSize: 1 });
  cleanUp.defer(() => sql.end({ timeout: 1 }));
  const key = randomBytes(32);
  const account = await seedAccount(sql, {
    secrets: new SecretBox([new Uint8Array(key)]),
    connected: true,
  });
  // The stack that is handed in passes its contents on when all is set.
  const servers = cleanUp.use(new AsyncDisposableStack());
  const [row] = await sql<{ file: string }[]>`select pg_read_file('postmaster.pid') as file`;
  const startServer: Stage["startServer"] = async ({ postgresPort = cluster.port } = {}) => {
    const databaseUrl = new URL(url);
    databaseUrl.port = String(postgresPort);
    return servers.use(
      await startProduct({
        DATABASE_URL: databaseUrl.href,
        META_GRAPH_URL: metaUrl,
        ENCRYPTION_KEY: key.toString("base64"),
      }),
    );
  };
  const database: Database = {
    account,
    postgres: { pid: Number.parseInt(row?.file ?? "", 10), port: cluster.port },
    query: async <Row>(text: string, params: Param[] = []) =>
      [...await sql.unsafe(text, params)] as Row[],
    makeKey: (spec) => seedKey(sql, spec),
    startServer,
  };
  return { database, bareEnvironment: { DATABASE_URL: url } };
}

async function openEmbedded(cleanUp: AsyncDisposableStack, metaUrl: string): Promise<Opened> {
  const [dataDir, bareDataDir] = [await makeDataDir(), await makeDataDir()];
  for (const path of [dataDir, bareDataDir]) {
    cleanUp.defer(() => Deno.remove(path, { recursive: true }));
  }
  const product = cleanUp.use(
    await startEmbeddedProduct({ DATA_DIR: dataDir, META_GRAPH_URL: metaUrl }),
  );
  const { control } = product;
  const database: Database = {
    account: await control<SeededAccount>({ kind: "account", connected: true, credentials: {} }),
    postgres: null,
    query: (text, params = []) => control({ kind: "query", text, params }),
    makeKey: (spec) => control({ kind: "key", spec }),
    startServer: () => Promise.resolve(product),
  };
  return { database, bareEnvironment: { DATA_DIR: bareDataDir } };
}
