/**
 * One rate limit for all instances: the burst of a key is one, however its requests are spread, every answer tells the
 * truth about it, and it comes back at the limit's pace. How much may pass follows from the database's clock and state,
 * read before and after: nothing depends on how fast the machine is.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { type ApiAnswer, assertApiError, callApi } from "@/tests/helpers/api_client.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { postgresFromEnvironment } from "@/tests/helpers/postgres_environment.ts";
import type { SeededKey } from "@/tests/helpers/seed.ts";
import { startServerProcess } from "@/tests/helpers/server_process.ts";

const LIMIT = 120;
/** One request of 120 a minute. */
const INTERVAL_SECONDS = 0.5;

/** What the database knows, in Unix seconds by its own clock. */
interface State {
  now: number;
  /** When the full burst is back. */
  fullAt: number;
}

describe("a rate limit on two instances", () => {
  const resources = new AsyncDisposableStack();
  let harness: Harness;
  let urls: string[];
  beforeAll(async () => {
    const postgres = resources.use(await postgresFromEnvironment());
    harness = resources.use(await startHarness({ postgres }));
    const second = resources.use(await startServerProcess(harness.environment()));
    urls = [harness.server.baseUrl, second.baseUrl];
  });
  afterAll(() => resources.disposeAsync());

  async function makeKey(): Promise<SeededKey> {
    const { id } = await harness.makeAccount();
    return await harness.makeKey({ accountId: id, rateLimit: LIMIT });
  }

  /** All at once, every other one to the second instance. */
  function callBoth(key: SeededKey, times: number): Promise<ApiAnswer[]> {
    return Promise.all(
      Array.from(
        { length: times },
        (_, index) => callApi(urls[index % 2] ?? "", { path: "/api/v1/me", key: key.key }),
      ),
    );
  }

  async function readState(key: SeededKey): Promise<State> {
    const [row] = await harness.query<State>(
      `select extract(epoch from clock_timestamp())::float8 as now,
         (select extract(epoch from full_at)::float8 from rate_limit_states where key_id = $1) as "fullAt"`,
      [key.id],
    );
    if (row === undefined) throw new Error("Reading the clock gives one row");
    return row;
  }

  /** Lets so many seconds have gone by since the last request. */
  async function goOn(key: SeededKey, seconds: number): Promise<void> {
    await harness.query(
      "update rate_limit_states set full_at = full_at - $2::float8 * interval '1 second' where key_id = $1",
      [key.id, seconds],
    );
  }

  it("four hundred requests at once pass one burst, and every answer tells what is left and when it is back", async () => {
    const key = await makeKey();
    const before = await readState(key);
    const answers = await callBoth(key, 400);
    const after = await readState(key);
    const [passed, refused] = [200, 429].map((code) =>
      answers.filter(({ status }) => status === code)
    );
    assertEquals((passed?.length ?? 0) + (refused?.length ?? 0), 400);
    const refilled = Math.floor((after.now - before.now) / INTERVAL_SECONDS);
    const count = passed?.length ?? 0;
    assert(count >= LIMIT && count <= LIMIT + refilled, `${count} passed, ${refilled} refilled`);

    for (const answer of passed ?? []) {
      assertEquals(answer.headers.get("retry-after"), null);
      const { limit, remaining, reset } = readHeaders(answer);
      assertEquals(limit, LIMIT);
      // What is missing to the full burst comes back one by one, from some moment of this test on.
      const missing = (LIMIT - remaining) * INTERVAL_SECONDS;
      assert(reset >= before.now + missing - INTERVAL_SECONDS, `${reset}, ${remaining} left`);
      assert(reset <= Math.ceil(after.now + missing), `${reset}, ${remaining} left`);
    }
    // It goes down by one at a time, so that it takes every value down to zero.
    const values = new Set((passed ?? []).map((answer) => readHeaders(answer).remaining));
    for (let value = LIMIT - 1; value >= 0; value--) assert(values.has(value), `${value} left out`);

    for (const answer of refused ?? []) {
      assertApiError(answer, { status: 429, code: "rate_limited", retryable: true });
      // The next one is back after half a second, told in whole ones.
      assertEquals(answer.headers.get("retry-after"), "1");
      const { limit, remaining, reset } = readHeaders(answer);
      assertEquals([limit, remaining], [LIMIT, 0]);
      const latest = Math.ceil(after.now + LIMIT * INTERVAL_SECONDS);
      assert(reset >= before.now + (LIMIT - 1) * INTERVAL_SECONDS && reset <= latest, `${reset}`);
    }
  });

  it("what comes back passes on either instance: one request each half second, and no more", async () => {
    const key = await makeKey();
    await callBoth(key, 2 * LIMIT);
    // As long as 429 says, then as if 20 seconds more had gone by.
    const refusedAt = Date.now();
    await eventually(() => Date.now() > refusedAt + 1_000);
    for (const { seconds, atLeast } of [{ seconds: 0, atLeast: 2 }, { seconds: 20, atLeast: 40 }]) {
      await goOn(key, seconds);
      const before = await readState(key);
      const answers = await callBoth(key, LIMIT);
      const after = await readState(key);
      const passed = answers.filter(({ status }) => status === 200).length;
      const least = allowance(before);
      const most = allowance({ now: after.now, fullAt: before.fullAt });
      assert(least >= atLeast, `${least} allowed`);
      assert(passed >= least && passed <= most, `${passed} passed, not ${least} to ${most}`);
    }
  });

  it("at the moment of X-RateLimit-Reset the full burst is back, and no more than that later", async () => {
    const key = await makeKey();
    for (const moreSeconds of [0, 3600]) {
      const answers = await callBoth(key, 2 * LIMIT);
      const reset = Math.max(...answers.map((answer) => readHeaders(answer).reset));
      const { now } = await readState(key);
      await goOn(key, reset - now + moreSeconds);
      const before = await readState(key);
      assert(before.fullAt <= before.now, `Full at ${before.fullAt}, now ${before.now}`);
      const again = await callBoth(key, 2 * LIMIT);
      const after = await readState(key);
      const passed = again.filter(({ status }) => status === 200).length;
      const refilled = Math.floor((after.now - before.now) / INTERVAL_SECONDS);
      assert(passed >= LIMIT && passed <= LIMIT + refilled, `${passed} passed`);
      await goOn(key, LIMIT * INTERVAL_SECONDS);
    }
  });
});

/** How many requests may pass at a moment. */
function allowance({ now, fullAt }: State): number {
  return Math.min(LIMIT, Math.floor((now + LIMIT * INTERVAL_SECONDS - fullAt) / INTERVAL_SECONDS));
}

function readHeaders({ headers }: ApiAnswer): { limit: number; remaining: number; reset: number } {
  const read = (name: string): number => {
    const text = headers.get(`x-ratelimit-${name}`) ?? "";
    assert(/^[0-9]+$/.test(text), `${name}: "${text}"`);
    return Number(text);
  };
  return { limit: read("limit"), remaining: read("remaining"), reset: read("reset") };
}
