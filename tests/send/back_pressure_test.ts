/**
 * A Meta that does not answer holds up the sends of one account and nothing else: reads, pages, webhooks and the sends
 * of others are answered as ever, and what is beyond the queue is refused at once. How one place is taken, waited for
 * and given back is tested in slots_test.ts.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { type AdminClient, signIn } from "@/tests/helpers/admin_client.ts";
import { type ApiAnswer, assertApiError } from "@/tests/helpers/api_client.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { countRows, postMessage, receivedFrom } from "@/tests/helpers/sends.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import { deliver, entryOf, newWamid, statusItem } from "@/tests/helpers/webhooks.ts";

const MAX_SENDS = 16;
const MAX_WAITING = 32;
/** So many more than there is room for. */
const BEYOND = 20;
const CALLS_OF_EACH = 25;
/** What waited for a place or for Meta would take 5 s at least. */
const QUICKLY_MS = 2_000;

describe("while Meta does not answer the sends of an account", () => {
  let harness: Harness;
  let busy: SeededAccount;
  let other: SeededAccount;
  let admin: AdminClient;
  const refusals: { answer: ApiAnswer; ms: number }[] = [];
  const pressing: Promise<void>[] = [];

  beforeAll(async () => {
    harness = await startHarness({
      environment: {
        MAX_SENDS: String(MAX_SENDS),
        MAX_WAITING: String(MAX_WAITING),
        META_TIMEOUT_MS: "120000",
      },
    });
    [busy, other] = [await harness.makeAccount(), await harness.makeAccount()];
    admin = await signIn(harness, { account: busy });
    harness.simulator.faults.when(
      ({ path }) => path.includes(`/${busy.phoneNumberId}/`),
      { kind: "neverAnswer" },
    );
    pressing.push(...Array.from({ length: MAX_SENDS }, press));
    await harness.simulator.waitFor(() => arrived() === MAX_SENDS, 15_000);
    pressing.push(...Array.from({ length: MAX_WAITING + BEYOND }, press));
    await eventually(() => refusals.length === BEYOND, 15_000);
  });
  afterAll(async () => {
    await harness[Symbol.asyncDispose]();
    await Promise.all(pressing);
  });

  const arrived = () => receivedFrom(harness.simulator, busy).length;

  /** Sends until the server is gone: whoever has waited for a place in vain waits for the next. */
  async function press(): Promise<void> {
    const request = { key: busy.key.key, idempotencyKey: crypto.randomUUID() };
    while (true) {
      const startedAt = performance.now();
      const answer = await postMessage(harness.server.baseUrl, request).catch(() => null);
      if (answer === null) return;
      if (refusals.length < BEYOND) {
        refusals.push({ answer, ms: performance.now() - startedAt });
        return;
      }
    }
  }

  it("what is beyond the queue gets 503 unavailable with Retry-After at once, and leaves no row", async () => {
    for (const { answer } of refusals) {
      assertApiError(answer, { status: 503, code: "unavailable", retryable: true });
      assert(Number(answer.headers.get("retry-after")) >= 1);
      assert(answer.json.error.message.startsWith("Too many sends are waiting"), answer.text);
    }
    assertQuick("refusals", refusals.map(({ ms }) => ms));
    const { messages, keys } = await countRows(harness, busy.id);
    assertEquals([messages, keys], [MAX_SENDS, MAX_SENDS]);
  });

  it("reads, pages, webhooks and the sends of another account are answered quickly", async () => {
    const { key } = busy.key;
    const statusOf = async (answering: Promise<{ status: number }>) => (await answering).status;
    const kinds: Record<string, () => Promise<number>> = {
      "GET /api/v1/me": () => statusOf(harness.call({ path: "/api/v1/me", key })),
      "GET /api/v1/messages": () => statusOf(harness.call({ path: "/api/v1/messages", key })),
      "GET /messages": () => statusOf(admin.get("/messages")),
      "GET /": () => statusOf(admin.get("/")),
      "POST /webhooks/whatsapp": async () => {
        const statuses = [statusItem("delivered", { id: newWamid() })];
        await deliver(harness, busy, entryOf(busy, { statuses }));
        return 200;
      },
      "POST /api/v1/messages": () =>
        statusOf(postMessage(harness.server.baseUrl, { key: other.key.key })),
    };
    // One at a time: each has only the hanging sends beside it.
    for (const [name, call] of Object.entries(kinds)) {
      const times: number[] = [];
      for (let count = 0; count < CALLS_OF_EACH; count++) {
        const startedAt = performance.now();
        assertEquals([name, await call()], [name, name === "POST /api/v1/messages" ? 201 : 200]);
        times.push(performance.now() - startedAt);
      }
      assertQuick(name, times);
    }
    // All of it while every place was taken.
    assertEquals(arrived(), MAX_SENDS);
    assertEquals((await countRows(harness, busy.id)).messages, MAX_SENDS);
    assertEquals(receivedFrom(harness.simulator, other).length, CALLS_OF_EACH);
  });
});

/** Nineteen of twenty. */
function assertQuick(name: string, times: number[]): void {
  const sorted = times.toSorted((a, b) => a - b);
  const p95 = sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Infinity;
  assert(p95 < QUICKLY_MS, `${name}: p95 ${Math.round(p95)} ms`);
}
