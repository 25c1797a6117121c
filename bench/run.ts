/**
 * `deno task bench`: the product beside the bare handler, on one database and one simulator, in turns. Prints a line for
 * each scenario and concurrency: requests a second, latencies, processor time a request, round trips and statements a
 * request, and the share of the bare handler's throughput, each the median of the rounds. Everything shares this machine.
 *
 * Options: --scenarios known,new,… --concurrency 64,16,1 --seconds 2 --rounds 7 --contacts 1000 --messages 0
 * --servers 1 --database postgres|embedded
 */
// deno-lint-ignore-file no-console -- prints its figures
import { parseArgs } from "node:util";
import { z } from "zod";
import { compare, type Comparison, type Sides } from "@/bench/measure.ts";
import { makeScenarios } from "@/bench/scenarios/requests.ts";
import { checkWithWrk } from "@/bench/load/wrk.ts";
import { startRouting } from "@/bench/stage/programs.ts";
import { fill } from "@/bench/stage/rows.ts";
import { setStage, type Stage } from "@/bench/stage/stage.ts";
import { startStatementCounter } from "@/bench/stage/statements.ts";
import type { WireCount } from "@/tests/helpers/wire_count.ts";

const list = z.string().transform((text) => text.split(","));

const OPTIONS = z.object({
  scenarios: list.optional(),
  // The highest first: a server that was just started is still being compiled.
  concurrency: list.transform((texts) => texts.map(Number))
    .pipe(z.array(z.number().int().positive())).default([64, 16, 1]),
  seconds: z.coerce.number().positive().default(2),
  rounds: z.coerce.number().int().positive().default(7),
  contacts: z.coerce.number().int().positive().default(1_000),
  messages: z.coerce.number().int().nonnegative().default(0),
  servers: z.coerce.number().int().min(1).max(16).default(1),
  database: z.enum(["postgres", "embedded"]).default("postgres"),
});

type Options = z.infer<typeof OPTIONS>;

async function main(): Promise<void> {
  const options = parseOptions();
  await using stage = await setStage({ embedded: options.database === "embedded" });
  await fill(stage, options);
  const scenarios = await makeScenarios(stage, options.contacts);
  await using fresh = await startRouting("fresh");
  await using plain = await startRouting("bare");
  const sides = {
    product: await startSides(stage, options),
    routing: { product: [fresh], bare: plain, postgresPid: null },
  };
  await using statements = await startStatementCounter(stage);
  const { contacts, messages, rounds, seconds, servers, database } = options;
  console.log(
    `${contacts} contacts, ${messages} messages, ${database}, ${servers} server(s); ` +
      `${rounds} rounds of ${seconds} s each`,
  );
  console.log(HEADING);
  for (const scenario of scenarios) {
    if (options.scenarios !== undefined && !options.scenarios.includes(scenario.name)) continue;
    const counted = await statements.countFor(scenario);
    for (const concurrency of options.concurrency) {
      const pace = { concurrency, durationMs: seconds * 1000, rounds };
      const comparison = await compare(sides[scenario.of], { scenario, pace });
      console.log(lineOf({ title: scenario.title, concurrency, comparison, counted }));
    }
  }
  console.log(await checkWithWrk(stage, sides.product.product[0]?.port ?? 0));
}

function parseOptions(): Options {
  const names = Object.keys(OPTIONS.shape);
  const { values } = parseArgs({
    args: Deno.args,
    options: Object.fromEntries(names.map((name) => [name, { type: "string" as const }])),
  });
  return OPTIONS.parse(values);
}

async function startSides(stage: Stage, { servers }: Options): Promise<Sides> {
  const product = [];
  for (let index = 0; index < servers; index++) product.push(await stage.startServer());
  return { product, bare: stage.bare, postgresPid: stage.postgres?.pid ?? null };
}

const COLUMNS = [
  ...["req/s", "bare", "ratio", "p50", "p95", "p99", "p50 ×", "p99 ×"],
  ...["cpu", "bare", "pg cpu", "bare", "trips", "stmts"],
];
const HEADING = ["scenario".padEnd(22), "conc", ...COLUMNS.map((name) => name.padStart(6))].join(
  " ",
);

function lineOf(
  line: {
    title: string;
    concurrency: number;
    comparison: Comparison;
    counted: WireCount | null;
  },
): string {
  const { product, bare, ratio, p50Ratio, p99Ratio } = line.comparison;
  const whole = (value: number) => Number.isNaN(value) ? "-" : value.toFixed(0);
  const exact = (value: number) => value.toFixed(2);
  const figures = [
    whole(product.requestsPerSecond),
    whole(bare.requestsPerSecond),
    ...[ratio, product.p50, product.p95, product.p99, p50Ratio, p99Ratio].map(exact),
    ...[product.serverCpu, bare.serverCpu, product.postgresCpu, bare.postgresCpu].map(whole),
    ...[line.counted?.roundTrips, line.counted?.statements].map((value) =>
      value === undefined ? "-" : value.toFixed(1)
    ),
  ];
  return [
    line.title.padEnd(22),
    String(line.concurrency).padStart(4),
    ...figures.map((text) => text.padStart(6)),
  ].join(" ");
}

if (import.meta.main) await main();
