// deno-lint-ignore-file no-console -- prints its figures
/**
 * How long `deno task start` takes on an embedded database that is there already: from the command to the first answer
 * that says that the server is ready.
 *
 *   deno run --config deno.test.json -A bench/start.ts [times]
 */
import { median } from "@/bench/measure.ts";
import { freePort } from "@/tests/helpers/free_port.ts";

const POLL_MS = 10;
const STOP_TIMEOUT_MS = 20_000;

async function main(): Promise<void> {
  const [times = 5] = Deno.args.map(Number);
  const dataDir = await Deno.makeTempDir();
  try {
    console.log(`the first start, with a new database: ${(await start(dataDir)).toFixed(2)} s`);
    const seconds: number[] = [];
    for (let time = 0; time < times; time++) seconds.push(await start(dataDir));
    console.log(`later ones: ${seconds.map((one) => one.toFixed(2)).join(", ")} s`);
    console.log(`median: ${median(seconds).toFixed(2)} s`);
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
}

/** Starts a server and stops it; how many seconds it took to be ready. */
async function start(dataDir: string): Promise<number> {
  const port = freePort();
  const startedAt = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["task", "start"],
    env: { DATA_DIR: dataDir, PORT: String(port) },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  while (!await isReady(port)) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  const seconds = (performance.now() - startedAt) / 1000;
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  await child.status;
  clearTimeout(timer);
  return seconds;
}

async function isReady(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
    await answer.body?.cancel();
    return answer.ok;
  } catch (error) {
    // Nobody listens yet.
    if (error instanceof TypeError) return false;
    throw error;
  }
}

if (import.meta.main) await main();
