/**
 * `deno task dev`: a server that is always of the present code. After each change it registers the routes, builds what
 * browsers load and starts the server anew; when a build fails, the old server goes on and the reason is printed.
 */
// deno-lint-ignore-file no-console -- prints to the terminal
import { fileURLToPath } from "node:url";
import { ConfigError } from "@/lib/config.ts";
import { BuildError, ensureBuilt } from "@/tasks/build/ensure_built.ts";
import { type LaunchedServer, launchServer } from "@/tasks/launch.ts";
import { updateManifest } from "@/tasks/manifest.ts";

const WATCHED = [
  "components",
  "db",
  "islands",
  "jsr",
  "lib",
  "routes",
  "static",
  "styles",
  "main.ts",
];
/** Editors write a file in several steps. */
const SETTLE_MS = 60;
/** Long enough for the making of an embedded database, which must not be cut short. */
const STOP_TIMEOUT_MS = 15_000;

/** Serves and watches until the process is told to stop. */
export async function watch(root: URL): Promise<void> {
  let server: LaunchedServer | null = null;
  const watcher = Deno.watchFs(WATCHED.map((name) => fileURLToPath(new URL(name, root))));
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    if (signal === "SIGTERM" && Deno.build.os === "windows") continue;
    Deno.addSignalListener(signal, async () => {
      await stop(server);
      Deno.exit(0);
    });
  }
  const renew = async () => {
    try {
      await updateManifest(root, { check: false });
      await ensureBuilt();
      await stop(server);
      server = await launchServer(Deno.env.toObject(), {
        stderr: "inherit",
        entry: "tasks/dev/server.ts",
      });
    } catch (error) {
      if (error instanceof ConfigError) console.error(error.problems.join("\n"));
      else console.error(error instanceof BuildError ? error.message : error);
    }
  };
  await renew();
  for await (const _ of settledChanges(watcher)) {
    console.error("Something changed: building and starting again");
    await renew();
  }
}

/** One event for changes that come close together; those that come meanwhile make one more. */
async function* settledChanges(watcher: Deno.FsWatcher): AsyncGenerator<void> {
  let wake = () => {};
  let isPending = false;
  const read = async () => {
    for await (const { kind } of watcher) {
      if (kind === "access") continue;
      isPending = true;
      wake();
    }
  };
  const reading = read();
  while (true) {
    if (!isPending) await Promise.race([new Promise<void>((resolve) => wake = resolve), reading]);
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    isPending = false;
    yield;
  }
}

/** Waits until the server has finished what is under way, though not for ever. */
async function stop(server: LaunchedServer | null): Promise<void> {
  if (server === null) return;
  server.stop("SIGTERM");
  const timer = setTimeout(() => server.stop("SIGKILL"), STOP_TIMEOUT_MS);
  await server.status;
  clearTimeout(timer);
}
