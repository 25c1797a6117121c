/**
 * `deno task bench`: the product beside the bare handler, on one Postgres and one simulator, in turns. Prints a line for
 * each scenario and concurrency: requests a second, latencies, processor time a request, and the share of the bare
 * handler's throughput, each the median of the rounds. Everything shares this machine.
 *
 * Options: --scenarios known,new,… --concurrency 1,16,64 --seconds 2 --rounds 7 --contacts 1000 --messages 0
 */
// deno-lint-ignore-file no-console -- prints its figures
import { parseArgs } from "node:util";
import { z } from "zod";
import { seedKey } from "@/tests/helpers/seed.ts";
import { compare, type Comparison } from "@/bench/measure.ts";
import { makeScenarios } from "@/bench/scenarios/requests.ts";
import { fill } from "@/bench/stage/rows.ts";
import { setStage } from "@/bench/stage/stage.ts";

const NEVER_REACHED = 1_000_000;

const list = z.string().transform((text) => text.split(","));

const OPTIONS = z.object({
  scenarios: list.optional(),
  concurrency: list.transform((texts) => texts.map(Number))
    .pipe(z.array(z.number().int().positive())).default([1, 16, 64]),
  seconds: z.coerce.number().positive().default(2),
  rounds: z.coerce.number().int().positive().default(7),
  contacts: z.coerce.number().int().positive().default(1_000),
  messages: z.coerce.number().int().nonnegative().default(0),
});

async function main(): Promise<void> {
  const names = Object.keys(OPTIONS.shape);
  const { values } = parseArgs({
    args: Deno.args,
    options: Object.fromEntries(names.map((name) => [name, { type: "string" as const }])),
  });
  const options = OPTIONS.parse(values);
  await using stage = await setStage();
  await fill(stage.sql, { accountId: stage.account.id, ...options });
  const { key: limitedKey } = await seedKey(stage.sql, {
    accountId: stage.account.id,
    rateLimit: NEVER_REACHED,
  });
  const product = await stage.startServer();
  const scenarios = makeScenarios({
    key: stage.account.key.key,
    limitedKey,
    contacts: options.contacts,
  });
  console.log(
    `${options.contacts} contacts, ${options.messages} messages; ${options.rounds} rounds of ${options.seconds} s each`,
  );
  console.log(HEADING);
  for (const scenario of scenarios) {
    if (options.scenarios !== undefined && !options.scenarios.includes(scenario.name)) continue;
    for (const concurrency of options.concurrency) {
      const pace = { concurrency, durationMs: options.seconds * 1000, rounds: options.rounds };
      const comparison = await compare(stage, { product, scenario, pace });
      console.log(lineOf(scenario.title, concurrency, comparison));
    }
  }
}

const COLUMNS = ["req/s", "bare", "ratio", "p50", "p95", "p99", "p50 ×", "p99 ×", "cpu", "pg cpu"];
const HEADING = ["scenario".padEnd(24), "conc", ...COLUMNS.map((name) => name.padStart(7))].join(
  " ",
);

function lineOf(title: string, concurrency: number, comparison: Comparison): string {
  const { product, bare, ratio, p50Ratio, p99Ratio } = comparison;
  const whole = (value: number) => value.toFixed(0);
  const exact = (value: number) => value.toFixed(2);
  const figures = [
    whole(product.requestsPerSecond),
    whole(bare.requestsPerSecond),
    exact(ratio),
    ...[product.p50, product.p95, product.p99, p50Ratio, p99Ratio].map(exact),
    ...[product.serverCpu, product.postgresCpu].map(whole),
  ];
  return [
    title.padEnd(24),
    String(concurrency).padStart(4),
    ...figures.map((text) => text.padStart(7)),
  ].join(" ");
}

if (import.meta.main) await main();
