/**
 * Every public endpoint under random requests, always the same ones: no fault of the server, no answer out of shape, no
 * row of a refused request. The long form, with other seeds, is `deno task test:fuzz`.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { runFuzz } from "@/tests/fuzz/run.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";

const SEED = 1;
const REQUESTS = 2_000;

describe("random requests", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness({ environment: { LOG_LEVEL: "info" } });
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  it("get a proper answer from every endpoint, and leave only rows that an answer has named", async () => {
    const { problems, tally } = await runFuzz(harness, { seed: SEED, count: REQUESTS });
    assertEquals(problems, [], `seed ${SEED}\n\n${problems.join("\n\n")}`);
    assertEquals(tally.total, REQUESTS);
    // Random requests that were all refused would prove little.
    for (const status of ["200", "201", "201 replayed", "400", "401", "404", "502"]) {
      assert(tally.statuses.has(status), `No request was answered ${status}`);
    }
    assert(tally.plain > REQUESTS / 2);
  });

  it("are found out when the server answers them 500, and the smallest such request is shown", async () => {
    await using broken = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      () => new Response("{}", { status: 500 }),
    );
    const server = { ...harness.server, port: broken.addr.port };
    const { problems } = await runFuzz({ ...harness, server }, { seed: SEED, count: 5 });
    assert(problems.length > 0);
    assert(problems[0]?.includes("Status 500"), problems[0]);
    assert(problems[0]?.includes(" HTTP/1.1\n"), problems[0]);
  });
});
