/**
 * A database that goes away in the middle of a send. Before Meta was called it is a clean 503; after Meta may have
 * taken the message, no outage of ours is answered 500 or 503, and the result is stored as soon as that is possible.
 */
import { afterAll, afterEach, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { type ApiAnswer, assertApiError } from "@/tests/helpers/api_client.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import type { PostgresCluster } from "@/tests/helpers/postgres.ts";
import { startPrivatePostgres } from "@/tests/helpers/private_postgres.ts";
import { countRows, onlyMessage, postMessage, receivedFrom } from "@/tests/helpers/sends.ts";

/** META_TIMEOUT_MS of the test servers, and the 5 s beyond it. */
const DEADLINE_MS = 6_500;

function assertUnavailable(answer: ApiAnswer): void {
  assertApiError(answer, { status: 503, code: "unavailable", retryable: true });
  assertEquals(Number(answer.headers.get("retry-after")) >= 1, true);
}

describe("POST /api/v1/messages while Postgres is stopped", () => {
  let owned: AsyncDisposableStack;
  let cluster: PostgresCluster;
  let harness: Harness;
  beforeAll(async () => {
    owned = new AsyncDisposableStack();
    const own = owned.use(await startPrivatePostgres());
    cluster = own.cluster;
    harness = owned.use(await startHarness({ postgres: own.postgres }));
  });
  afterEach(() => harness.simulator.faults.clear());
  afterAll(() => owned.disposeAsync());

  const post = (options: Parameters<typeof postMessage>[1]) =>
    postMessage(harness.server.baseUrl, options);

  for (const how of ["stop", "crash"] as const) {
    it(`201 when Postgres comes back within the deadline after a ${how} during Meta's answer`, async () => {
      const account = await harness.makeAccount();
      const { key } = account.key;
      harness.simulator.faults.next({ kind: "delay", ms: 1_000 });
      const answer = post({ key, idempotencyKey: "k" });
      await harness.simulator.waitFor(() => receivedFrom(harness.simulator, account).length === 1);
      const { id } = await onlyMessage(harness, account.id);
      await cluster[how]();
      await harness.server.waitForLog((line) =>
        line.event === "finish_not_stored" && line.message_id === id
      );
      await cluster.start();
      const { status, json } = await answer;
      assertEquals(status, 201);
      const row = await onlyMessage(harness, account.id);
      const [received, ...more] = receivedFrom(harness.simulator, account);
      assertEquals([row.status, row.wamid], ["sent", json.data.whatsapp_message_id]);
      assertEquals([row.wamid, more.length], [received?.wamid, 0]);
    });
  }

  it("504 with Meta's id by the deadline while Postgres stays away, and the row has it afterwards", async () => {
    const account = await harness.makeAccount();
    const { key } = account.key;
    harness.simulator.faults.next({ kind: "delay", ms: 500 });
    const startedAt = performance.now();
    const answering = post({ key, idempotencyKey: "k" });
    await harness.simulator.waitFor(() => receivedFrom(harness.simulator, account).length === 1);
    await cluster.stop();
    const answer = await answering;
    const elapsedMs = performance.now() - startedAt;
    assertApiError(answer, { status: 504, code: "outcome_unknown", retryable: false });
    assert(elapsedMs < DEADLINE_MS + 300, `Answered after ${elapsedMs} ms`);
    const wamid = receivedFrom(harness.simulator, account)[0]?.wamid;
    const messageId = answer.json.error.details.message_id;
    assertEquals(answer.json.error.details, {
      message_id: messageId,
      whatsapp_message_id: wamid,
    });
    await cluster.start();
    const row = await eventually(async () => {
      const message = await onlyMessage(harness, account.id);
      return message.status !== "pending" && message;
    });
    assertEquals([row.id, row.status, row.wamid], [messageId, "sent", wamid]);
    const again = await post({ key, idempotencyKey: "k" });
    assertEquals([again.status, again.json.data.message_id], [201, messageId]);
    assertEquals(receivedFrom(harness.simulator, account).length, 1);
  });

  it("503 unavailable at once while Postgres is away; the process stays and works again when it is back", async () => {
    const account = await harness.makeAccount();
    const { key } = account.key;
    assertEquals((await post({ key })).status, 201);
    await cluster.stop();
    for (let index = 0; index < 5; index++) {
      const startedAt = performance.now();
      assertUnavailable(await post({ key, idempotencyKey: "k" }));
      assert(performance.now() - startedAt < 2_000, "A refused database takes long to tell");
    }
    assertUnavailable(await harness.call({ path: "/api/v1/me", key }));
    await cluster.start();
    const startedAt = performance.now();
    const answer = await eventually(async () => {
      const next = await post({ key, idempotencyKey: "k" });
      return next.status === 201 && next;
    });
    assert(performance.now() - startedAt < 2_000, "Recovery takes long");
    assertEquals(answer.headers.get("idempotent-replayed"), null);
    assertEquals((await countRows(harness, account.id)).messages, 2);
    assertEquals(receivedFrom(harness.simulator, account).length, 2);
  });
});
