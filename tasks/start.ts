// deno-lint-ignore-file no-console -- prints to the terminal
/**
 * `deno task start`: checks the configuration, starts the server with exact permissions, passes signals on and ends
 * with its exit code.
 */
import { ConfigError } from "@/lib/config.ts";
import { BuildError } from "@/tasks/build/ensure_built.ts";
import { type LaunchedServer, launchServer } from "@/tasks/launch.ts";

if (import.meta.main) await start();

async function start(): Promise<never> {
  let server: LaunchedServer;
  try {
    server = await launchServer(Deno.env.toObject());
  } catch (error) {
    if (error instanceof BuildError) console.error(error.message);
    else if (error instanceof ConfigError) console.error(error.problems.join("\n"));
    else throw error;
    Deno.exit(1);
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    if (signal === "SIGTERM" && Deno.build.os === "windows") continue;
    Deno.addSignalListener(signal, () => server.stop(signal));
  }
  const { code } = await server.status;
  Deno.exit(code);
}
