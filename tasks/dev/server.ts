/** The server as main.ts starts it, with live reload around it. `deno task dev` runs this file. */
import { runServer } from "@/lib/server/run_server.ts";
import { makeHandler } from "@/main.ts";
import { withLiveReload } from "@/tasks/dev/live_reload.ts";

if (import.meta.main) {
  const stopped = new AbortController();
  if (Deno.build.os !== "windows") {
    Deno.addSignalListener("SIGTERM", () => stopped.abort());
  }
  await runServer((services) => withLiveReload(makeHandler(services), stopped.signal));
}
