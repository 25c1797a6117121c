/**
 * The surroundings of a chaos run: a Postgres of its own behind a gateway, the simulator of Meta, and server processes
 * on both, each of which can be taken away and given back.
 */
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import type { PostgresCluster } from "@/tests/helpers/postgres.ts";
import { startPrivatePostgres } from "@/tests/helpers/private_postgres.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import { type ServerProcess, startServerProcess } from "@/tests/helpers/server_process.ts";
import { startTcpGateway, type TcpGateway } from "@/tests/helpers/tcp_gateway.ts";
import type { Simulator } from "@/tests/simulator/simulator.ts";
import { type Meddling, startMeddler } from "@/tests/chaos/meddler.ts";

/** The attempts of a chaos run are short, so that what hangs does not hold it up. */
const META_TIMEOUT_MS = 1_000;

/** Where a run happens. */
export interface World extends AsyncDisposable {
  cluster: PostgresCluster;
  /** Between the servers and Postgres. */
  gateway: TcpGateway;
  simulator: Simulator;
  account: SeededAccount;
  /** Goes straight to Postgres. */
  query: Harness["query"];
  /** How many servers there are. */
  readonly serverCount: number;
  /** Where clients find a server; the same while it is down. */
  urlOf(server: number): string;
  /** Ends a server as a crash would and starts it again. */
  crashServer(server: number): Promise<void>;
  /** Stops a server as an operator would and starts it again. */
  restartServer(server: number): Promise<void>;
  /** Processes that ended by themselves, each in a line. */
  unexpectedExits(): string[];
}

/** How a world is made. */
export interface WorldOptions {
  servers: number;
  /** A lie that the oracle has to find out. */
  meddling?: Meddling;
}

/** Starts everything. */
export async function startWorld(options: WorldOptions): Promise<World> {
  await using onFailure = new AsyncDisposableStack();
  const own = onFailure.use(await startPrivatePostgres());
  const gateway = onFailure.use(await startTcpGateway(() => own.cluster.port));
  const harness = onFailure.use(
    await startHarness({ postgres: own.postgres, serverPostgresPort: gateway.port }),
  );
  // The harness's own server only prepared the database: the servers of the run come and go.
  await harness.server.stop();
  const account = await harness.makeAccount();
  const environment: Record<string, string> = {
    ...harness.environment(),
    META_TIMEOUT_MS: String(META_TIMEOUT_MS),
    LOG_LEVEL: "info",
  };
  if (options.meddling === "double_send") {
    const meddler = onFailure.use(startMeddler(() => harness.simulator.url, options.meddling));
    environment.META_GRAPH_URL = meddler.url;
  }
  const fleet = onFailure.use(new Fleet(environment));
  await fleet.start(options.servers);
  const urls = Array.from({ length: options.servers }, (_, server) => () => fleet.urlOf(server));
  if (options.meddling === "wrong_answer") {
    const meddler = onFailure.use(startMeddler(() => fleet.urlOf(0), options.meddling));
    urls[0] = () => meddler.url;
  }
  const owned = onFailure.move();
  return {
    cluster: own.cluster,
    gateway,
    simulator: harness.simulator,
    account,
    query: harness.query,
    serverCount: options.servers,
    urlOf: (server) => urls[server]?.() ?? "",
    crashServer: (server) => fleet.replace(server, (process) => process.kill()),
    restartServer: (server) => fleet.replace(server, async (process) => void await process.stop()),
    unexpectedExits: () => fleet.unexpectedExits,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The server processes of a run. */
class Fleet implements AsyncDisposable {
  readonly unexpectedExits: string[] = [];
  readonly #environment: Record<string, string>;
  readonly #servers: ServerProcess[] = [];
  readonly #doomed = new Set<ServerProcess>();

  constructor(environment: Record<string, string>) {
    this.#environment = environment;
  }

  async start(count: number): Promise<void> {
    for (let server = 0; server < count; server++) this.#servers.push(await this.#launch());
  }

  urlOf(server: number): string {
    return this.#serverAt(server).baseUrl;
  }

  async replace(server: number, end: (process: ServerProcess) => Promise<void>): Promise<void> {
    const old = this.#serverAt(server);
    this.#doomed.add(old);
    await end(old);
    this.#servers[server] = await this.#launch();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const process of this.#servers) {
      this.#doomed.add(process);
      await process[Symbol.asyncDispose]();
    }
  }

  #serverAt(server: number): ServerProcess {
    const process = this.#servers[server];
    if (process === undefined) throw new Error(`There is no server ${server}`);
    return process;
  }

  async #launch(): Promise<ServerProcess> {
    const process = await startServerProcess(this.#environment);
    process.status.then(({ code }) => {
      if (this.#doomed.has(process)) return;
      this.unexpectedExits.push(
        `A server ended by itself with code ${code}:\n${process.lines.slice(-20).join("\n")}`,
      );
    });
    return process;
  }
}
