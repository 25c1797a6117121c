/**
 * `deno task test:fuzz`: sends random requests, valid, nearly valid and broken, to every public endpoint of a server of
 * its own, on the database that TEST_DATABASE names. The same seed makes the same requests. Ends with code 1, and the
 * seed, when an answer, the server or a row was not as it must be. Options: --seed, --count.
 */
// deno-lint-ignore-file no-console -- the output of this task is for a reader at a terminal
import { parseArgs } from "node:util";
import { z } from "zod";
import { runFuzz } from "@/tests/fuzz/run.ts";
import { summarize } from "@/tests/fuzz/summary.ts";
import { startHarness } from "@/tests/helpers/harness.ts";

const PROGRESS_STEP = 10_000;

const OPTIONS = z.object({
  seed: z.coerce.number().int().default(() => Math.floor(Math.random() * 1_000_000)),
  count: z.coerce.number().int().positive().default(100_000),
});

async function main(): Promise<number> {
  const { values } = parseArgs({
    args: Deno.args,
    options: { seed: { type: "string" }, count: { type: "string" } },
  });
  const options = OPTIONS.parse(values);
  const { seed, count } = options;
  console.log(`Seed ${seed}, ${count} requests`);
  await using harness = await startHarness({ environment: { LOG_LEVEL: "info" } });
  const { problems, ...run } = await runFuzz(harness, {
    ...options,
    onProgress: (done) => {
      if (done % PROGRESS_STEP === 0) console.log(`  ${done} of ${count}`);
    },
  });
  console.log(["", ...summarize(run), ""].join("\n"));
  if (problems.length === 0) {
    console.log(`Every answer and every row was right (seed ${seed})`);
    return 0;
  }
  console.log(`${problems.length} things were wrong, with the seed ${seed}:\n`);
  console.log(problems.join("\n\n"));
  return 1;
}

if (import.meta.main) Deno.exit(await main());
