/**
 * A real server process on a free port, with its log at hand. Ready when it says that it listens; nothing is polled.
 */
import { TextLineStream } from "@/tests/helpers/text_lines.ts";
import { type LaunchedServer, launchServer } from "@/tasks/launch.ts";

/** One line of the server's JSON log. */
export type LogLine = Record<string, unknown> & { event?: string };

/** A running server. */
export interface ServerProcess extends AsyncDisposable {
  baseUrl: string;
  port: number;
  /** Everything it has written to stderr so far, line by line. */
  readonly lines: string[];
  /** The log so far. */
  log(): LogLine[];
  /** Resolves with the first line for which the condition holds, also one that came before; rejects after 15 s. */
  waitForLog(isWanted: (line: LogLine) => boolean): Promise<LogLine>;
  /** Asks it to stop and waits until it has; the exit code. */
  stop(signal?: Deno.Signal): Promise<number>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** Resolves with the exit code, whoever ends it. */
  status: Promise<Deno.CommandStatus>;
  process: LaunchedServer;
}

/**
 * What every test server is given. META_TIMEOUT_MS is short so that no test waits long; TRUST_PROXY lets every call have
 * a client address of its own (api_client.ts).
 */
export const TEST_ENVIRONMENT = {
  PORT: "0",
  HOST: "127.0.0.1",
  LOG_FORMAT: "json",
  LOG_LEVEL: "debug",
  META_TIMEOUT_MS: "1500",
  TRUST_PROXY: "true",
};

const LOG_TIMEOUT_MS = 15_000;

/** Starts a server with the product's own launcher: exact permissions, nothing else of this process's environment. */
export async function startServerProcess(
  environment: Record<string, string>,
): Promise<ServerProcess> {
  const launched = await launchServer({ ...TEST_ENVIRONMENT, ...environment }, {
    stderr: "piped",
  });
  return await watchServer(launched);
}

/** Watches a launched server's log and waits until it listens. */
export async function watchServer(launched: LaunchedServer): Promise<ServerProcess> {
  if (launched.stderr === null) throw new Error("The server's log must be piped");
  const watcher = new LogWatcher(launched.stderr);
  const status = launched.status;
  const listening = await Promise.race([
    watcher.waitFor((line) => line.event === "listening", null),
    status.then(({ code }) => code),
  ]);
  if (typeof listening === "number") {
    await watcher.done;
    throw new Error(`The server ended with code ${listening}:\n${watcher.lines.join("\n")}`);
  }
  const port = Number(listening.port);
  const end = async (signal: Deno.Signal) => {
    launched.stop(signal);
    const { code } = await status;
    await watcher.done;
    return code;
  };
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    port,
    lines: watcher.lines,
    log: () => watcher.lines.flatMap(parseLine),
    waitForLog: (isWanted) => watcher.waitFor(isWanted, LOG_TIMEOUT_MS),
    stop: (signal = "SIGTERM") => end(signal),
    kill: async () => {
      await end("SIGKILL");
    },
    status,
    process: launched,
    [Symbol.asyncDispose]: async () => {
      await end("SIGKILL");
    },
  };
}

/** Collects lines and wakes those who wait for one. */
class LogWatcher {
  readonly lines: string[] = [];
  readonly done: Promise<void>;
  readonly #waiters = new Set<(line: LogLine) => void>();

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.done = this.#read(stream);
  }

  waitFor(isWanted: (line: LogLine) => boolean, timeoutMs: number | null): Promise<LogLine> {
    const known = this.lines.flatMap(parseLine).find(isWanted);
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      const forget = () => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
      };
      const waiter = (line: LogLine) => {
        if (!isWanted(line)) return;
        forget();
        resolve(line);
      };
      const timer = timeoutMs === null ? undefined : setTimeout(() => {
        forget();
        const last = this.lines.slice(-10).join("\n");
        reject(
          new Error(`No such line in the log within ${timeoutMs} ms; the last ones:\n${last}`),
        );
      }, timeoutMs);
      this.#waiters.add(waiter);
    });
  }

  async #read(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    const lines = stream.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
    for await (const text of lines) {
      this.lines.push(text);
      for (const line of parseLine(text)) {
        for (const waiter of [...this.#waiters]) waiter(line);
      }
    }
  }
}

function parseLine(text: string): LogLine[] {
  if (!text.startsWith("{")) return [];
  const value: unknown = JSON.parse(text);
  return typeof value === "object" && value !== null ? [value as LogLine] : [];
}
