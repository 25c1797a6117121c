/**
 * What a developer runs: `build` makes styles and scripts once and prints their sizes; `watch` serves, and after each
 * change builds, restarts the server and reloads the pages that are open.
 */
import { printBuild } from "@/tasks/build/print_build.ts";
import { watch } from "@/tasks/dev/watch.ts";

const ROOT = new URL("./", import.meta.url);

if (import.meta.main) {
  const [command] = Deno.args;
  if (command === "watch") await watch(ROOT);
  else await printBuild(ROOT);
}
