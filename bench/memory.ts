// deno-lint-ignore-file no-console -- prints its figures
/**
 * Whether a server keeps memory of what it has sent: 100,000 sends, and after each tenth of them how much memory the
 * process has in use.
 *
 *   deno run --config deno.test.json -A bench/memory.ts [sends]
 */
import { putUnderLoad } from "@/bench/load/closed_load.ts";
import { makeScenarios } from "@/bench/scenarios/requests.ts";
import { memoryOf } from "@/bench/stage/cpu.ts";
import { fill } from "@/bench/stage/rows.ts";
import { setStage } from "@/bench/stage/stage.ts";

const CONTACTS = 1_000;
const CONCURRENCY = 64;
const SLICE_MS = 500;
const TENTHS = 10;

async function main(): Promise<void> {
  const [sends = 100_000] = Deno.args.map(Number);
  await using stage = await setStage();
  await fill(stage, { contacts: CONTACTS, messages: 0 });
  const server = await stage.startServer();
  const [scenario] = await makeScenarios(stage, CONTACTS);
  if (scenario === undefined) throw new Error("There is no scenario");
  const memory: number[] = [];
  let done = 0;
  for (let tenth = 1; tenth <= TENTHS; tenth++) {
    while (done < sends * tenth / TENTHS) {
      const { requests } = await putUnderLoad({
        ...scenario,
        ports: [server.port],
        concurrency: CONCURRENCY,
        durationMs: SLICE_MS,
      });
      done += requests;
    }
    memory.push(await memoryOf(server.pid));
    console.log(`${done} sends: ${toMebibytes(memory.at(-1) ?? 0)} MiB`);
  }
  const growth = (memory.at(-1) ?? 0) - (memory[1] ?? 0);
  console.log(`from the second to the last tenth: ${toMebibytes(growth)} MiB`);
}

function toMebibytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}

if (import.meta.main) await main();
