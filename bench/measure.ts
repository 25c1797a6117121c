/** One measurement, and the comparison of two that alternate. */
import { percentile, putUnderLoad } from "@/bench/load/closed_load.ts";
import type { Scenario } from "@/bench/scenarios/requests.ts";
import { cpuOfTree } from "@/bench/stage/cpu.ts";
import type { Program } from "@/bench/stage/programs.ts";

/** What servers did under one load; times in milliseconds, processor time in microseconds a request. */
export interface Figures {
  requestsPerSecond: number;
  p50: number;
  p95: number;
  p99: number;
  serverCpu: number;
  postgresCpu: number;
}

/** Both sides, and the product as a share of the bare handler; all medians. */
export interface Comparison {
  product: Figures;
  bare: Figures;
  ratio: number;
  /** The product's as a multiple of the bare handler's. */
  p50Ratio: number;
  p99Ratio: number;
}

/** How long and how often. */
export interface Pace {
  durationMs: number;
  rounds: number;
  concurrency: number;
}

/** Who is measured. */
export interface Sides {
  product: Program[];
  bare: Program;
  postgresPid: number | null;
}

/** Both sides, one after the other. */
export interface Round {
  product: Figures;
  bare: Figures;
}

/** What is measured, and how. */
export interface Subject {
  scenario: Scenario;
  pace: Pace;
}

/** Measures both in turns, so that what changes on the machine meanwhile changes both. */
export async function compare(sides: Sides, subject: Subject): Promise<Comparison> {
  const rounds: Round[] = [];
  // The first round warms up and does not count.
  for (let round = 0; round <= subject.pace.rounds; round++) {
    const figures = await measureRound(sides, subject);
    if (round > 0) rounds.push(figures);
  }
  return summarize(rounds);
}

/** Measures both once. */
export async function measureRound(sides: Sides, { scenario, pace }: Subject): Promise<Round> {
  const bare = await measure(sides, {
    programs: [sides.bare],
    next: scenario.nextBare,
    expectedStatus: scenario.bareStatus,
    pace,
  });
  const product = await measure(sides, {
    programs: sides.product,
    next: scenario.next,
    expectedStatus: scenario.expectedStatus,
    pace,
  });
  return { product, bare };
}

/** The medians of some rounds. */
export function summarize(rounds: Round[]): Comparison {
  const ratioOf = (name: keyof Figures) =>
    median(rounds.map(({ product, bare }) => product[name] / bare[name]));
  return {
    product: medians(rounds.map(({ product }) => product)),
    bare: medians(rounds.map(({ bare }) => bare)),
    ratio: ratioOf("requestsPerSecond"),
    p50Ratio: ratioOf("p50"),
    p99Ratio: ratioOf("p99"),
  };
}

async function measure({ postgresPid }: Sides, options: {
  programs: Program[];
  next: () => Uint8Array;
  expectedStatus: number;
  pace: Pace;
}): Promise<Figures> {
  const { programs, next, expectedStatus, pace } = options;
  const cpu = async () => ({
    server: sum(await Promise.all(programs.map(({ pid }) => cpuOfTree(pid)))),
    postgres: postgresPid === null ? NaN : await cpuOfTree(postgresPid),
  });
  const before = await cpu();
  const result = await putUnderLoad({
    ports: programs.map(({ port }) => port),
    concurrency: pace.concurrency,
    durationMs: pace.durationMs,
    next,
    expectedStatus,
  });
  const after = await cpu();
  return {
    requestsPerSecond: result.requestsPerSecond,
    p50: percentile(result.latenciesMs, 50),
    p95: percentile(result.latenciesMs, 95),
    p99: percentile(result.latenciesMs, 99),
    serverCpu: (after.server - before.server) / result.requests,
    postgresCpu: (after.postgres - before.postgres) / result.requests,
  };
}

function medians(all: Figures[]): Figures {
  const of = (name: keyof Figures) => median(all.map((figures) => figures[name]));
  return {
    requestsPerSecond: of("requestsPerSecond"),
    p50: of("p50"),
    p95: of("p95"),
    p99: of("p99"),
    serverCpu: of("serverCpu"),
    postgresCpu: of("postgresCpu"),
  };
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The middle of some numbers. */
export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
