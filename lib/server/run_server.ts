/**
 * The life of a server process: configuration, database, chores, listening, and a shutdown that loses nothing. Prints
 * to stderr; exits 1 with one line when something has to be mended by the operator.
 */
import { observeStatements } from "@/db/observe_statements.ts";
import { linkHost, parseConfig } from "@/lib/config.ts";
import { type Logger, makeLogger } from "@/lib/log.ts";
import { openTracing } from "@/lib/observability/open_tracing.ts";
import { sweepAtStart } from "@/lib/maintenance.ts";
import { sendDeadlineMs } from "@/lib/messages/send.ts";
import { describeStart } from "@/lib/server/banner.ts";
import { createFirstAdmin } from "@/lib/server/first_admin.ts";
import { describeSetupError, openStore } from "@/lib/server/open_services.ts";
import { makeServices, type Services } from "@/lib/services.ts";

type Handler = (req: Request, info: Deno.ServeHandlerInfo<Deno.NetAddr>) => Promise<Response>;

/** Beyond the deadline of a send: for storing its result and closing the database. */
const SHUTDOWN_MARGIN_MS = 5_000;

/**
 * How long a process that shares its port goes on answering. Each answer closes its connection, and the next one is
 * mostly another process's: under load that halves the requests that meet a connection just being closed.
 */
const MOVE_ON_MS = 300;

/** How long a server that is told to stop may take: whoever stops it must not kill it earlier. */
export function shutdownGraceMs(metaTimeoutMs: number): number {
  return sendDeadlineMs(metaTimeoutMs) + SHUTDOWN_MARGIN_MS;
}

/** Runs a server until it is told to stop, then exits the process. */
export async function runServer(makeHandler: (services: Services) => Handler): Promise<void> {
  const services = await openOrExit();
  const { config, log } = services;
  const requests = new OpenRequests();
  const handler = makeHandler(services);
  // Before it listens: whoever sees it ready may stop it at once.
  const stop = onceStopped();
  const server = listenOrExit(services, (req, info) => requests.answer(handler, req, info));
  const { port } = server.addr;
  // PORT=0 lets the system choose: only now is it known what the links must say.
  if (!config.appUrlGiven) config.appUrl = `http://${linkHost(config.host)}:${port}`;
  await describeStart(services, { port });
  log.info("stopping", { signal: await stop, open_requests: requests.size });
  requests.closeConnections();
  const graceMs = shutdownGraceMs(config.metaTimeoutMs);
  const timer = setTimeout(() => {
    log.error("stopped_late", { open_requests: requests.size, grace_ms: graceMs });
    Deno.exit(1);
  }, graceMs);
  if (config.reusePort) await new Promise((resolve) => setTimeout(resolve, MOVE_ON_MS));
  // They would be open for ever.
  await services.eventStreams.close();
  // Stops accepting at once; its promise waits for idle connections too, so it is not the one to wait for.
  server.shutdown();
  await requests.settled();
  await services.close();
  clearTimeout(timer);
  log.info("stopped");
  Deno.exit(0);
}

/** The requests under way, so that a shutdown can wait for them. */
class OpenRequests {
  readonly #open = new Set<Promise<void>>();
  #closing = false;

  get size(): number {
    return this.#open.size;
  }

  /** From now on every answer closes its connection. */
  closeConnections(): void {
    this.#closing = true;
  }

  async answer(
    handler: Handler,
    req: Request,
    info: Deno.ServeHandlerInfo<Deno.NetAddr>,
  ): Promise<Response> {
    // Settles when the answer was delivered, or the client is gone.
    const delivered = info.completed.then(() => {}, () => {});
    this.#open.add(delivered);
    delivered.then(() => this.#open.delete(delivered));
    const response = await handler(req, info);
    if (this.#closing) response.headers.set("connection", "close");
    return response;
  }

  async settled(): Promise<void> {
    while (this.#open.size > 0) await Promise.allSettled([...this.#open]);
  }
}

async function openOrExit(): Promise<Services> {
  try {
    const isTerminal = Deno.stderr.isTerminal();
    const config = parseConfig(Deno.env.toObject(), { isTerminal });
    const log = makeLogger({ level: config.logLevel, format: config.logFormat });
    const tracing = openTracing(config);
    const store = await openStore(config);
    if (tracing !== null) observeStatements(store.db.sql, tracing);
    for (const name of store.applied) log.info("migrated", { name });
    if (config.firstAdmin !== null) {
      const { db, secrets } = store;
      const created = await createFirstAdmin(db.sql, { admin: config.firstAdmin, secrets });
      if (created) log.info("first_admin_created");
    }
    const services = makeServices({ config, log, ...store, tracing });
    await settleOldSends(services, log);
    return services;
  } catch (error) {
    return exitWith(error);
  }
}

async function settleOldSends(services: Services, log: Logger): Promise<void> {
  const count = await sweepAtStart(services.db);
  if (count > 0) log.warn("sends_of_a_dead_process", { now_unknown: count });
  services.maintenance.start();
  services.eventWorker.start();
  services.courier.start(services);
}

function listenOrExit(
  services: Services,
  handler: Handler,
): Deno.HttpServer<Deno.NetAddr> {
  const { host, port, reusePort } = services.config;
  try {
    return Deno.serve({ hostname: host, port, reusePort, onListen: () => {} }, handler);
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) {
      return exitWith(
        error,
        `Port ${port} on ${host} is taken: stop what listens there, or set PORT to another one`,
      );
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      return exitWith(error, `Port ${port} needs more rights: set PORT to 1024 or above`);
    }
    return exitWith(error);
  }
}

function exitWith(error: unknown, line?: string): never {
  const lines = line === undefined ? describeSetupError(error) : [line];
  // deno-lint-ignore no-console -- the process ends here, before or without a logger
  for (const text of lines ?? [error]) console.error(text);
  Deno.exit(1);
}

/** Resolves at the first signal to stop. Further ones change nothing: launchers and terminals repeat them. */
function onceStopped(): Promise<Deno.Signal> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      if (signal === "SIGTERM" && Deno.build.os === "windows") continue;
      Deno.addSignalListener(signal, () => resolve(signal));
    }
  });
}
