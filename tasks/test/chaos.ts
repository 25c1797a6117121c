/**
 * `deno task test:chaos`: the chaos suite in its long form. Prints what went wrong on purpose and what came of it, and
 * ends with code 1, and the seed, when the promise was broken. Options: --seed, --sends, --concurrency.
 */
// deno-lint-ignore-file no-console -- the output of this task is for a reader at a terminal
import { parseArgs } from "node:util";
import { z } from "zod";
import { judge } from "@/tests/chaos/oracle.ts";
import { runChaos } from "@/tests/chaos/run.ts";
import { summarize } from "@/tests/chaos/summary.ts";

const SHOWN_MAX = 50;

const OPTIONS = z.object({
  seed: z.coerce.number().int().default(() => Math.floor(Math.random() * 1_000_000)),
  sends: z.coerce.number().int().positive().default(20_000),
  concurrency: z.coerce.number().int().positive().default(64),
});

async function main(): Promise<number> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      seed: { type: "string" },
      sends: { type: "string" },
      concurrency: { type: "string" },
    },
  });
  const options = OPTIONS.parse(values);
  console.log(`Seed ${options.seed}, ${options.sends} messages, ${options.concurrency} clients`);
  const run = await runChaos({ ...options, onProgress: (text) => console.log(`  ${text}`) });
  console.log(["", ...summarize(run), ""].join("\n"));
  const wrong = judge(run.evidence);
  if (wrong.length === 0) {
    console.log(`The promise held (seed ${options.seed})`);
    return 0;
  }
  console.log(
    [`The promise was broken ${wrong.length} times, with the seed ${options.seed}:`]
      .concat(wrong.slice(0, SHOWN_MAX).map((line) => `  ${line}`)).join("\n"),
  );
  return 1;
}

if (import.meta.main) Deno.exit(await main());
