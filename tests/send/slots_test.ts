/**
 * The places for concurrent sends: one beyond `MAX_SENDS` waits, one beyond `MAX_WAITING` is refused with 503 and
 * leaves nothing behind, and neither other accounts nor reads feel any of it.
 */
import { afterAll, afterEach, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { type ApiAnswer, assertApiError } from "@/tests/helpers/api_client.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { countRows, postMessage, receivedFrom } from "@/tests/helpers/sends.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";

describe("POST /api/v1/messages with MAX_SENDS=1 and MAX_WAITING=1", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness({
      // Long enough for one send to hold its place for more than the 5 s that another one waits.
      environment: { MAX_SENDS: "1", MAX_WAITING: "1", META_TIMEOUT_MS: "7000" },
    });
  });
  afterEach(() => harness.simulator.faults.clear());
  afterAll(() => harness[Symbol.asyncDispose]());

  const send = (account: SeededAccount, idempotencyKey: string): Promise<ApiAnswer> =>
    postMessage(harness.server.baseUrl, { key: account.key.key, idempotencyKey });

  /** Starts a send that Meta holds up, and resolves when Meta has it. */
  async function occupy(account: SeededAccount, ms: number): Promise<Promise<ApiAnswer>[]> {
    harness.simulator.faults.next({ kind: "delay", ms });
    const answer = send(account, "first");
    await harness.simulator.waitFor(() => receivedFrom(harness.simulator, account).length === 1);
    return [answer];
  }

  function assertRefused(answer: ApiAnswer): void {
    assertApiError(answer, { status: 503, code: "unavailable", retryable: true });
    assertEquals(Number(answer.headers.get("retry-after")) >= 1, true);
    assertEquals(answer.json.error.details, undefined);
  }

  it("201 for the second after it has waited; 503 unavailable for the third, which leaves nothing", async () => {
    const account = await harness.makeAccount();
    const [first] = await occupy(account, 800);
    // Which of the two others comes first is open: one waits, one is refused.
    const others = ["second", "third"].map((key) => send(account, key));
    const refused = await Promise.race(others);
    assertRefused(refused);
    assertEquals(await countRows(harness, account.id), {
      contacts: 1,
      conversations: 1,
      messages: 1,
      keys: 1,
    });
    const statuses = (await Promise.all([first, ...others])).map((answer) => answer?.status);
    assertEquals(statuses.sort(), [201, 201, 503]);
    const rows = await countRows(harness, account.id);
    assertEquals([rows.messages, rows.keys], [2, 2]);
    assertEquals(receivedFrom(harness.simulator, account).length, 2);
    // The refused one may come again under its key.
    const again = await Promise.all(["second", "third"].map((key) =>
      eventually(async () => {
        const answer = await send(account, key);
        return answer.status === 201 && answer;
      })
    ));
    assertEquals(
      again.filter(({ headers }) => headers.get("idempotent-replayed") === null).length,
      1,
    );
  });

  it("201 for another account and 200 for reads while one account's sends wait", async () => {
    const [busy, free] = [await harness.makeAccount(), await harness.makeAccount()];
    const [first] = await occupy(busy, 1_500);
    let isFirstAnswered = false;
    first?.then(() => isFirstAnswered = true);
    const waiting = send(busy, "second");
    assertEquals((await send(free, "k")).status, 201);
    const reads = await Promise.all([
      harness.call({ path: "/api/v1/me", key: busy.key.key }),
      harness.call({ path: `/api/v1/messages/${crypto.randomUUID()}`, key: busy.key.key }),
    ]);
    assertEquals(reads.map(({ status }) => status), [200, 404]);
    assertEquals(isFirstAnswered, false);
    assertEquals([(await first)?.status, (await waiting).status], [201, 201]);
  });

  it("400 and 401 need no place", async () => {
    const account = await harness.makeAccount();
    const [first] = await occupy(account, 600);
    const waiting = send(account, "second");
    const invalid = await postMessage(harness.server.baseUrl, {
      key: account.key.key,
      body: { to: "nobody" },
    });
    assertApiError(invalid, { status: 400, code: "bad_request" });
    assertEquals((await harness.call({ path: "/api/v1/messages", body: {} })).status, 401);
    assertEquals([(await first)?.status, (await waiting).status], [201, 201]);
  });

  it("503 unavailable after 5 s of waiting, and nothing is left behind", async () => {
    const account = await harness.makeAccount();
    const [first] = await occupy(account, 6_000);
    const startedAt = performance.now();
    const answer = await send(account, "second");
    const waitedMs = performance.now() - startedAt;
    assertRefused(answer);
    assert(waitedMs >= 4_900 && waitedMs < 5_900, `Waited ${waitedMs} ms`);
    assertEquals((await countRows(harness, account.id)).messages, 1);
    assertEquals((await first)?.status, 201);
    // Its place in the queue is free again.
    const [third, fourth] = await Promise.all([send(account, "third"), send(account, "fourth")]);
    assertEquals([third.status, fourth.status], [201, 201]);
  });

  it("504 and 502 give the place back", async () => {
    const account = await harness.makeAccount();
    for (const kind of ["closeAfterRead", "status5xxWithoutBody"] as const) {
      harness.simulator.faults.next({ kind });
      assertEquals((await send(account, kind)).status, 504);
    }
    harness.simulator.faults.next({ kind: "metaError", code: 131026 });
    assertEquals((await send(account, "refused")).status, 502);
    assertEquals((await send(account, "k")).status, 201);
  });
});
