/**
 * A fuzz run: makes requests from a seed, sends them through many connections at once, judges every answer, and after
 * each batch the server's health and the rows that are left. A request that fails is made smaller as long as it does.
 */
import fc from "fast-check";
import { requestsOf } from "@/tests/fuzz/arbitraries/requests.ts";
import { FuzzClient, type Outcome } from "@/tests/fuzz/connection.ts";
import { type FuzzedRequest, printRequest, toWire } from "@/tests/fuzz/fuzzed_request.ts";
import { RowAudit } from "@/tests/fuzz/row_audit.ts";
import { HealthWatch } from "@/tests/fuzz/server_health.ts";
import { Tally } from "@/tests/fuzz/tally.ts";
import { judge } from "@/tests/fuzz/verdict.ts";
import { makeWorld } from "@/tests/fuzz/world.ts";
import type { Harness } from "@/tests/helpers/harness.ts";
import { seededRandom } from "@/tests/simulator/faults.ts";

/** How a run goes. */
export interface FuzzOptions {
  seed: number;
  count: number;
  /** Told after each batch how many requests were sent. */
  onProgress?: (done: number) => void;
}

/** What came of it. */
export interface FuzzRun {
  seed: number;
  tally: Tally;
  /** How many rows there are of each kind at the end. */
  rows: Map<string, number>;
  /** Everything that was wrong; empty if all is well. */
  problems: string[];
  durationMs: number;
}

interface Failure {
  seed: number;
  request: FuzzedRequest;
  problems: string[];
}

const CLIENTS = 24;
/** Large, since each ends with the few requests that Meta leaves without an answer. */
const BATCH_SIZE = 10_000;
/** A run ends after the batch in which there were so many problems. */
const MAX_PROBLEMS = 10;
const SHRINK_MS = 20_000;

/** Runs it. */
export async function runFuzz(harness: Harness, options: FuzzOptions): Promise<FuzzRun> {
  const fuzzer = await Fuzzer.start(harness);
  const random = seededRandom(options.seed);
  const startedAt = performance.now();
  for (let done = 0; done < options.count && fuzzer.problems.length < MAX_PROBLEMS;) {
    const size = Math.min(BATCH_SIZE, options.count - done);
    await fuzzer.sendBatch(Array.from({ length: size }, () => Math.floor(random() * 2 ** 31)));
    done += size;
    options.onProgress?.(done);
  }
  return {
    seed: options.seed,
    tally: fuzzer.tally,
    problems: fuzzer.problems,
    durationMs: performance.now() - startedAt,
    rows: await fuzzer.audit.countRows(),
  };
}

/** What all batches of a run share. */
class Fuzzer {
  readonly tally = new Tally();
  readonly problems: string[] = [];
  readonly audit: RowAudit;
  readonly #port: number;
  readonly #requests: fc.Arbitrary<FuzzedRequest>;
  readonly #health: HealthWatch;

  private constructor(
    harness: Harness,
    parts: { requests: fc.Arbitrary<FuzzedRequest>; audit: RowAudit },
  ) {
    this.audit = parts.audit;
    this.#requests = parts.requests;
    this.#port = harness.server.port;
    this.#health = new HealthWatch(harness.server);
  }

  static async start(harness: Harness): Promise<Fuzzer> {
    const world = await makeWorld(harness);
    const audit = await RowAudit.start(harness, { untouched: world.foreignAccountId });
    return new Fuzzer(harness, { requests: requestsOf(world), audit });
  }

  /** Sends one request of each seed. */
  async sendBatch(seeds: number[]): Promise<void> {
    const waiting = seeds.values();
    const failures: Failure[] = [];
    await Promise.all(Array.from({ length: CLIENTS }, async () => {
      using client = new FuzzClient({ port: this.#port });
      for (const seed of waiting) {
        const request = this.#requestOf(seed);
        const { outcome, problems } = await this.#send(client, request);
        this.tally.count(request, outcome);
        if (problems.length > 0) failures.push({ seed, request, problems });
      }
    }));
    for (const failure of failures.slice(0, MAX_PROBLEMS)) {
      this.problems.push(await this.#describe(failure));
    }
    this.problems.push(
      ...await this.#health.findProblems(),
      ...(await this.audit.findProblems()).slice(0, MAX_PROBLEMS),
    );
  }

  #requestOf(seed: number): FuzzedRequest {
    const [request] = fc.sample(this.#requests, { seed, numRuns: 1 });
    if (request === undefined) throw new Error("A sample of one has one value");
    return request;
  }

  async #send(
    client: FuzzClient,
    request: FuzzedRequest,
  ): Promise<{ outcome: Outcome; problems: string[] }> {
    const outcome = await client.exchange({ ...toWire(request), method: request.method });
    const problems = judge(request, outcome);
    if (outcome.kind === "answer") problems.push(...this.audit.ledger.enter(outcome.answer));
    return { outcome, problems };
  }

  async #describe({ seed, request, problems }: Failure): Promise<string> {
    const smaller = await this.#shrink(seed);
    const note = smaller === null ? "it did not fail again by itself" : "made smaller";
    return `${problems.join("\n")}\n(request seed ${seed}; ${note})\n${
      printRequest(smaller ?? request)
    }`;
  }

  /** The smallest request found that fails like that of the seed; null if that one fails no more. */
  async #shrink(seed: number): Promise<FuzzedRequest | null> {
    using client = new FuzzClient({ port: this.#port });
    const property = fc.asyncProperty(
      this.#requests,
      async (request) => (await this.#send(client, request)).problems.length === 0,
    );
    const details = await fc.check(property, {
      seed,
      numRuns: 1,
      interruptAfterTimeLimit: SHRINK_MS,
    });
    return details.counterexample?.[0] ?? null;
  }
}
