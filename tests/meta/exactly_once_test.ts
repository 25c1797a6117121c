/**
 * The promise the whole client exists for, under a storm of random faults: with
 * all its retries it never delivers a message twice, and it never claims
 * something about a message that the simulator knows to be false.
 */
import { assert, assertEquals } from "@std/assert";
import { sendWithRetries } from "@/lib/meta/send_with_retries.ts";
import { NUMBER, textPayload, TOKEN, withSimulator } from "@/tests/meta/graph_calls.ts";
import type { Fault } from "@/tests/simulator/faults.ts";

const STORM: Fault[] = [
  { kind: "resetAfterRead" },
  { kind: "closeAfterRead" },
  { kind: "cutReusedConnection", how: "reset" },
  { kind: "cutReusedConnection", how: "halfStatusLine" },
  { kind: "closeAfterRead", taken: false },
  { kind: "malformedJson" },
  { kind: "status5xxWithoutBody" },
  { kind: "throttle", code: 130429 },
  { kind: "metaError", code: 131047 },
  { kind: "metaError", code: 131000, status: 500 },
  { kind: "delay", ms: 5 },
];

const SENDS = 400;

Deno.test("sendWithRetries delivers no message twice under random faults", async () => {
  await withSimulator(async (simulator, transport) => {
    simulator.faults.atRate(0.4, { seed: 20, faults: STORM });
    const ids = Array.from({ length: SENDS }, (_, index) => `m${index}`);
    const outcomes = await Promise.all(ids.map((id) =>
      sendWithRetries(transport, {
        phoneNumberId: NUMBER.id,
        accessToken: TOKEN,
        payload: textPayload("+14155550123", id),
        attemptTimeoutMs: 10_000,
        deadlineAtMs: performance.now() + 20_000,
        sleep: () => Promise.resolve(),
      })
    ));
    const takenById = Map.groupBy(
      simulator.received().filter(({ taken }) => taken),
      ({ body }) => String(body?.biz_opaque_callback_data),
    );
    const kinds = new Set<string>();
    for (const [index, outcome] of outcomes.entries()) {
      const taken = takenById.get(`m${index}`) ?? [];
      kinds.add(outcome.kind);
      assert(taken.length <= 1, `m${index} was delivered ${taken.length} times`);
      if (outcome.kind === "accepted") {
        assertEquals(taken[0]?.wamid, outcome.wamid);
      } else if (outcome.kind !== "ambiguous") {
        assertEquals(taken.length, 0, `${outcome.kind} but delivered`);
      }
    }
    assert(kinds.has("accepted") && kinds.has("ambiguous"));
    assert(kinds.has("rejected"));
    assert(simulator.received().length > SENDS, "Nothing was retried");
  }, { connections: 16 });
});
