/**
 * What an API test stands on: a real server process on the database that TEST_DATABASE names, the Meta simulator over
 * HTTP, and a way to look into the database. One per test file; tests keep apart by having accounts of their own.
 */
import { randomBytes } from "node:crypto";
import { connect } from "@/db/connect.ts";
import { SecretBox } from "@/lib/secret_box.ts";
import { ensureBuilt } from "@/tasks/build/ensure_built.ts";
import { type ApiAnswer, type ApiRequest, callApi } from "@/tests/helpers/api_client.ts";
import type { ControlRequest } from "@/tests/helpers/embedded_server.ts";
import { makeDataDir } from "@/tests/helpers/embedded_template.ts";
import {
  postgresFromEnvironment,
  type TestPostgres,
} from "@/tests/helpers/postgres_environment.ts";
import {
  type KeySpec,
  seedAccount,
  type SeededAccount,
  type SeededKey,
  seedKey,
  type SharedCredentials,
} from "@/tests/helpers/seed.ts";
import {
  type ServerProcess,
  startServerProcess,
  TEST_ENVIRONMENT,
  watchServer,
} from "@/tests/helpers/server_process.ts";
import { type Simulator, startSimulator } from "@/tests/simulator/simulator.ts";

type Param = string | number | boolean | null;

/** The surroundings of one test file. */
export interface Harness extends AsyncDisposable {
  kind: "postgres18" | "postgres15" | "embedded";
  server: ServerProcess;
  simulator: Simulator;
  /** The environment that a further server on the same database needs; throws with the embedded database. */
  environment(): Record<string, string>;
  /** Makes an account whose live side is connected to the simulator. */
  makeAccount(
    options?: { connected?: boolean; credentials?: SharedCredentials },
  ): Promise<SeededAccount>;
  makeKey(spec: KeySpec): Promise<SeededKey>;
  /** Runs SQL with $1-style parameters. */
  query<Row = Record<string, unknown>>(text: string, params?: Param[]): Promise<Row[]>;
  [Symbol.asyncDispose](): Promise<void>;
  /** Calls the API of the server. */
  call(request: ApiRequest): Promise<ApiAnswer>;
}

type Store = Pick<Harness, "makeKey" | "query" | "environment"> & {
  kind: Harness["kind"];
  server: ServerProcess;
  seed(
    options: { connected: boolean; credentials: SharedCredentials },
  ): Promise<SeededAccount>;
};

/** What a test file may want otherwise. */
export interface HarnessOptions {
  /** Added to the server's settings. */
  environment?: Record<string, string>;
  /** A Postgres of the test's own, whatever TEST_DATABASE says. */
  postgres?: TestPostgres;
  /** Where the server finds its Postgres, if not directly; `query` always goes the direct way. */
  serverPostgresPort?: number;
}

/** Starts the surroundings. */
export async function startHarness(options: HarnessOptions = {}): Promise<Harness> {
  await using onFailure = new AsyncDisposableStack();
  const simulator = onFailure.use(await startSimulator());
  const environment = { META_GRAPH_URL: simulator.url, ...options.environment };
  const kind = options.postgres === undefined
    ? parseKind(Deno.env.get("TEST_DATABASE") ?? "postgres18")
    : `postgres${options.postgres.version}` as const;
  const store = kind === "embedded"
    ? await startOnEmbedded(environment, onFailure)
    : await startOnPostgres(kind, { ...options, environment, cleanUp: onFailure });
  const owned = onFailure.move();
  return {
    ...store,
    simulator,
    makeAccount: async ({ connected = true, credentials = {} } = {}) => {
      const account = await store.seed({ connected, credentials });
      if (account.phoneNumberId !== null) {
        simulator.addNumber({
          id: account.phoneNumberId,
          wabaId: account.wabaId,
          accessToken: account.accessToken,
          appSecret: account.appSecret,
        });
      }
      return account;
    },
    call: (request) => callApi(store.server.baseUrl, request),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function startOnPostgres(
  kind: "postgres18" | "postgres15",
  options: HarnessOptions & { environment: Record<string, string>; cleanUp: AsyncDisposableStack },
): Promise<Store> {
  const { cleanUp } = options;
  const postgres = options.postgres ??
    cleanUp.use(await postgresFromEnvironment(kind === "postgres18" ? 18 : 15));
  const database = await postgres.createDatabase();
  cleanUp.defer(() => database.drop());
  const key = randomBytes(32);
  const environment = {
    DATABASE_URL: withPort(database.url, options.serverPostgresPort),
    ENCRYPTION_KEY: key.toString("base64"),
    ...options.environment,
  };
  // One connection, so that none is opened in the middle of a test.
  const sql = connect(database.url, { poolSize: 1 });
  cleanUp.defer(() => sql.end({ timeout: 5 }));
  const secrets = new SecretBox([new Uint8Array(key)]);
  const server = cleanUp.use(await startServerProcess(environment));
  await sql`select 1`;
  return {
    kind,
    server,
    environment: () => ({ ...environment }),
    seed: (options) => seedAccount(sql, { secrets, ...options }),
    makeKey: (spec) => seedKey(sql, spec),
    query: async <Row>(text: string, params: Param[] = []) =>
      // A plain array, as the control port of the embedded database gives.
      [...await sql.unsafe(text, params)] as unknown as Row[],
  };
}

async function startOnEmbedded(
  environment: Record<string, string>,
  cleanUp: AsyncDisposableStack,
): Promise<Store> {
  await ensureBuilt();
  const dataDir = await makeDataDir();
  cleanUp.defer(() => Deno.remove(dataDir, { recursive: true }));
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--config=deno.test.json",
      "--allow-all",
      new URL("embedded_server.ts", import.meta.url).href,
    ],
    env: { ...TEST_ENVIRONMENT, DATA_DIR: dataDir, ...environment },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const server = cleanUp.use(
    await watchServer({
      pid: child.pid,
      stderr: child.stderr,
      status: child.status,
      stop: (signal) => child.kill(signal),
    }),
  );
  const { port } = await server.waitForLog((line) => line.event === "control");
  const control = async (request: ControlRequest) => {
    const response = await fetch(`http://127.0.0.1:${port}`, {
      method: "POST",
      body: JSON.stringify(request),
    });
    if (!response.ok) throw new Error(await response.text());
    return await response.json();
  };
  return {
    kind: "embedded",
    server,
    environment: () => {
      throw new Error("The embedded database has room for one process");
    },
    seed: (options) => control({ kind: "account", ...options }),
    makeKey: (spec) => control({ kind: "key", spec }),
    query: (text, params = []) => control({ kind: "query", text, params }),
  };
}

function withPort(databaseUrl: string, port: number | undefined): string {
  if (port === undefined) return databaseUrl;
  const url = new URL(databaseUrl);
  url.port = String(port);
  return url.href;
}

function parseKind(text: string): Harness["kind"] {
  if (text === "postgres18" || text === "postgres15" || text === "embedded") return text;
  throw new Error(`TEST_DATABASE must be "postgres18", "postgres15" or "embedded", not "${text}"`);
}
