/**
 * How the cost of a send grows with what is stored: the same sends on a small and on a large database of one Postgres,
 * each beside a bare handler, in turns, so that what changes on the machine meanwhile changes all four.
 *
 *   deno run --config deno.test.json -A bench/growth.ts [--contacts 5000000] [--messages 20000000] [--rounds 40]
 *
 * It says whether Postgres has huge pages; without them the large database is slower until every connection has touched
 * what it works on (docs/performance.md).
 */
// deno-lint-ignore-file no-console -- prints its figures
import { parseArgs } from "node:util";
import { z } from "zod";
import { measureRound, median, type Round, type Sides, summarize } from "@/bench/measure.ts";
import { makeScenarios, type Scenario } from "@/bench/scenarios/requests.ts";
import { fill } from "@/bench/stage/rows.ts";
import { setStage, type Stage, startCluster, usesHugePages } from "@/bench/stage/stage.ts";

// Many rounds: on a shared machine single ones differ by half.
const OPTIONS = z.object({
  contacts: z.coerce.number().int().positive().default(5_000_000),
  messages: z.coerce.number().int().nonnegative().default(20_000_000),
  rounds: z.coerce.number().int().positive().default(40),
});
const SMALL = { contacts: 1_000, messages: 20_000 };
const PACE = { concurrency: 64, durationMs: 2_000 };
/** Until every connection has touched the pages of memory that its sends need; these rounds do not count. */
const WARM_UP_ROUNDS = 8;

interface Size {
  contacts: number;
  messages: number;
  sides: Sides;
  scenario: Scenario;
  rounds: Round[];
}

async function main(): Promise<void> {
  const { rounds, ...large } = parseOptions();
  await using cluster = await startCluster();
  await using smallStage = await setStage({ cluster });
  await using largeStage = await setStage({ cluster });
  console.log(`huge pages: ${await usesHugePages(cluster) ? "on" : "off"}`);
  const sizes = [await prepare(smallStage, SMALL), await prepare(largeStage, large)];
  const [small] = sizes;
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    // In turns the one and the other first: what a database still has to do after a load falls into the next measurement.
    for (const size of round % 2 === 0 ? sizes : sizes.toReversed()) {
      const { sides, scenario } = size;
      const pace = { ...PACE, rounds };
      const figures = await measureRound(sides, { scenario, pace });
      if (round >= 0) size.rounds.push(figures);
    }
  }
  for (const size of sizes) console.log(lineOf(size));
  const ratios = sizes.map((size) => size.rounds.map(ratioOf));
  const growth = ratios[1]?.map((ratio, round) => ratio / (ratios[0]?.[round] ?? NaN)) ?? [];
  console.log(
    `ratio at ${large.contacts} contacts as a share of that at ${small?.contacts}, round by round: ` +
      `median ${median(growth).toFixed(2)} (${growth.map((one) => one.toFixed(2)).join(" ")})`,
  );
}

function parseOptions(): z.infer<typeof OPTIONS> {
  const names = Object.keys(OPTIONS.shape);
  const { values } = parseArgs({
    args: Deno.args,
    options: Object.fromEntries(names.map((name) => [name, { type: "string" as const }])),
  });
  return OPTIONS.parse(values);
}

async function prepare(
  stage: Stage,
  { contacts, messages }: { contacts: number; messages: number },
): Promise<Size> {
  await fill(stage, { contacts, messages });
  const scenario = (await makeScenarios(stage, contacts)).find(({ name }) => name === "known");
  if (scenario === undefined) throw new Error("There is no scenario of known contacts");
  const sides = {
    product: [await stage.startServer()],
    bare: stage.bare,
    postgresPid: stage.postgres?.pid ?? null,
  };
  return { contacts, messages, sides, scenario, rounds: [] };
}

function ratioOf({ product, bare }: Round): number {
  return product.requestsPerSecond / bare.requestsPerSecond;
}

function lineOf({ contacts, messages, rounds }: Size): string {
  const { product, bare, ratio } = summarize(rounds);
  return `${contacts} contacts, ${messages} messages: ${
    product.requestsPerSecond.toFixed(0)
  } sends a second ` +
    `(bare ${bare.requestsPerSecond.toFixed(0)}), ratio ${ratio.toFixed(2)}, ` +
    `Postgres ${product.postgresCpu.toFixed(0)} µs a send (bare ${bare.postgresCpu.toFixed(0)})`;
}

if (import.meta.main) await main();
