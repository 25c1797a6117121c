/** Postgres is killed under load and comes back ten seconds later. */
import { describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { eventually } from "@/tests/helpers/eventually.ts";
import { judge } from "@/tests/chaos/oracle.ts";
import { runChaos } from "@/tests/chaos/run.ts";

const OUTAGE_MS = 10_000;
const RECOVERY_MS = 2_000;
/** A request that finds no database is told so at once, on a busy machine too. */
const AT_ONCE_MS = 2_000;
const START_TIMEOUT_MS = 30_000;

describe("Postgres killed for ten seconds under load", () => {
  it("ends no process, makes no wrong answer, and all works within two seconds of its return", async () => {
    const outage = { from: 0, to: 0 };
    const { evidence } = await runChaos({
      seed: 5,
      sends: 1_500,
      concurrency: 24,
      metaFails: false,
      trouble: async ({ cluster, simulator }, { now, signal }) => {
        // Sends are at Meta all the time, so also when the database goes.
        simulator.faults.choose(() => ({ kind: "delay", ms: 150 }));
        await eventually(() => simulator.received().length > 200, START_TIMEOUT_MS);
        outage.from = now();
        await cluster.crash();
        await new Promise((resolve) => setTimeout(resolve, OUTAGE_MS));
        await cluster.start();
        outage.to = now();
        assert(!signal.aborted, "There was no load left");
      },
    });
    assertEquals(judge(evidence), []);
    const { answers } = evidence;
    const refused = answers.filter(({ code }) => code === "unavailable");
    const within = refused.filter(({ startedAt }) =>
      startedAt > outage.from + RECOVERY_MS && startedAt < outage.to - RECOVERY_MS
    );
    assert(within.length > 0, "Nobody noticed the outage");
    const slowest = Math.max(...within.map(({ startedAt, endedAt }) => endedAt - startedAt));
    assert(slowest < AT_ONCE_MS, `A refusal took ${slowest} ms`);
    const late = refused.filter(({ startedAt }) => startedAt > outage.to + RECOVERY_MS);
    assertEquals(late, [], "Refused after the recovery");
    const back = answers.filter(({ status, endedAt }) =>
      status === 201 && endedAt > outage.to && endedAt < outage.to + RECOVERY_MS
    );
    assert(back.length > 0, "Nothing was sent within two seconds of the return");
  });
});
