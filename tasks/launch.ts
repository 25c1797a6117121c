/**
 * Starts the server in a process of its own with exactly the permissions it needs, which a static configuration could
 * not name: they depend on DATA_DIR. The server may run nothing and load no native code, so what browsers load is built
 * here.
 */
import { fileURLToPath } from "node:url";
import { ConfigError, parseConfig } from "@/lib/config.ts";
import { withTelemetry } from "@/lib/observability/otel_environment.ts";
import { ensureBuilt } from "@/tasks/build/ensure_built.ts";
import { serverPermissions } from "@/tasks/permissions.ts";

/** A server process. */
export interface LaunchedServer {
  pid: number;
  /** What it writes to stderr; null when that goes where this process's does. */
  stderr: ReadableStream<Uint8Array<ArrayBuffer>> | null;
  /** Resolves with the exit code. */
  status: Promise<Deno.CommandStatus>;
  /** Asks it to stop; it finishes what is under way. */
  stop(signal: Deno.Signal): void;
}

/**
 * Starts the server with an environment.
 *
 * @param options.stderr "piped" to read its log
 * @param options.entry the file to run instead of main.ts
 * @throws ConfigError when the environment is wrong
 * @throws BuildError when what browsers load cannot be built
 */
export async function launchServer(
  environment: Record<string, string>,
  options: { stderr: "inherit" | "piped"; entry?: string } = { stderr: "inherit" },
): Promise<LaunchedServer> {
  const config = parseConfig(environment);
  const root = new URL("../", import.meta.url);
  await ensureBuilt();
  const paths = await Promise.all(
    ["static/", "_fresh/", "db/migrations/", "node_modules/"].map((name) =>
      Deno.realPath(new URL(name, root))
    ),
  );
  const writable = config.databaseUrl === null ? [await dataDirPath(config.dataDir)] : [];
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--cached-only",
      `--config=${fileURLToPath(new URL("deno.json", root))}`,
      ...serverPermissions({ read: [...paths, ...writable], write: writable }),
      new URL(options.entry ?? "main.ts", root).href,
    ],
    env: withTelemetry(environment, { isOn: config.tracing }),
    clearEnv: true,
    stdin: "null",
    stderr: options.stderr,
  }).spawn();
  return {
    pid: child.pid,
    stderr: options.stderr === "piped" ? child.stderr : null,
    status: child.status,
    stop: (signal) => {
      try {
        child.kill(signal);
      } catch (error) {
        // It has ended by itself in the meantime.
        if (!(error instanceof TypeError)) throw error;
      }
    },
  };
}

async function dataDirPath(dataDir: string): Promise<string> {
  try {
    await Deno.mkdir(dataDir, { recursive: true, mode: 0o700 });
    return await Deno.realPath(dataDir);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([`DATA_DIR "${dataDir}" cannot be created: ${reason}`]);
  }
}
