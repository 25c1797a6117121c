/**
 * The connection to Postgres breaks in the middle of a statement, so that nobody knows whether it was carried out.
 * After begin, Meta is not called and the row is settled as failed; after finish, the statement is repeated.
 */
import { afterAll, afterEach, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals, assertNotEquals } from "@std/assert";
import { type ApiAnswer, assertApiError } from "@/tests/helpers/api_client.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { startPrivatePostgres } from "@/tests/helpers/private_postgres.ts";
import {
  countRows,
  messageRows,
  onlyMessage,
  postMessage,
  receivedFrom,
  TEXT_BODY,
} from "@/tests/helpers/sends.ts";
import { startTcpGateway, type TcpGateway } from "@/tests/helpers/tcp_gateway.ts";

function assertUnavailable(answer: ApiAnswer): void {
  assertApiError(answer, { status: 503, code: "unavailable", retryable: true });
  assertEquals(Number(answer.headers.get("retry-after")) >= 1, true);
}

describe("POST /api/v1/messages when the connection to Postgres breaks in the middle of a statement", () => {
  let owned: AsyncDisposableStack;
  let gateway: TcpGateway;
  let harness: Harness;
  beforeAll(async () => {
    owned = new AsyncDisposableStack();
    const own = owned.use(await startPrivatePostgres());
    gateway = owned.use(await startTcpGateway(() => own.cluster.port));
    harness = owned.use(
      await startHarness({ postgres: own.postgres, serverPostgresPort: gateway.port }),
    );
  });
  afterEach(() => harness.simulator.faults.clear());
  afterAll(() => owned.disposeAsync());

  const post = (options: Parameters<typeof postMessage>[1]) =>
    postMessage(harness.server.baseUrl, options);

  it("503 unavailable when begin was committed but its answer lost: Meta is not called, row failed, key free", async () => {
    const account = await harness.makeAccount();
    const { key } = account.key;
    const body = { ...TEXT_BODY, text: "The answer to this is lost" };
    const lost = gateway.loseNext(body.text, "answer");
    const answer = await post({ key, body, idempotencyKey: "k" });
    await lost;
    assertUnavailable(answer);
    const row = await eventually(async () => {
      const message = await onlyMessage(harness, account.id);
      return message.status !== "pending" && message;
    });
    assertEquals([row.status, row.wamid, row.lease_until], ["failed", null, null]);
    assertEquals((await countRows(harness, account.id)).keys, 0);
    assertEquals(receivedFrom(harness.simulator, account).length, 0);
    const again = await post({ key, body, idempotencyKey: "k" });
    assertEquals([again.status, again.headers.get("idempotent-replayed")], [201, null]);
    assertNotEquals(again.json.data.message_id, row.id);
    assertEquals((await messageRows(harness, account.id)).map(({ status }) => status), [
      "failed",
      "sent",
    ]);
    assertEquals(receivedFrom(harness.simulator, account).length, 1);
  });

  it("503 unavailable when begin never reached Postgres: nothing is there, and a retry sends", async () => {
    const account = await harness.makeAccount();
    const { key } = account.key;
    const body = { ...TEXT_BODY, text: "This request is lost" };
    const lost = gateway.loseNext(body.text, "request");
    const answer = await post({ key, body, idempotencyKey: "k" });
    await lost;
    assertUnavailable(answer);
    assertEquals(await countRows(harness, account.id), {
      contacts: 0,
      conversations: 0,
      messages: 0,
      keys: 0,
    });
    assertEquals(receivedFrom(harness.simulator, account).length, 0);
    const again = await post({ key, body, idempotencyKey: "k" });
    assertEquals(again.status, 201);
    assertEquals((await messageRows(harness, account.id)).map(({ status }) => status), ["sent"]);
  });

  it("503 unavailable for a begin in doubt is settled once Postgres is back, however long that takes", async () => {
    const account = await harness.makeAccount();
    const { key } = account.key;
    const body = { ...TEXT_BODY, text: "Lost, and then an outage" };
    const failedAttempts = () =>
      harness.server.log().filter(({ event }) => event === "begin_still_in_doubt").length;
    const failedBefore = failedAttempts();
    const lost = gateway.loseNext(body.text, "answer").then(() => gateway.refuse());
    const answer = await post({ key, body, idempotencyKey: "k" });
    await lost;
    assertUnavailable(answer);
    // At least one attempt to settle it fails.
    await eventually(() => failedAttempts() > failedBefore);
    assertEquals((await onlyMessage(harness, account.id)).status, "pending");
    await gateway.accept();
    await eventually(async () => (await onlyMessage(harness, account.id)).status === "failed");
    assertEquals((await countRows(harness, account.id)).keys, 0);
    assertEquals(receivedFrom(harness.simulator, account).length, 0);
  });

  it("201 when the answer to finish was lost: it is repeated and changes nothing the second time", async () => {
    const account = await harness.makeAccount();
    const { key } = account.key;
    harness.simulator.faults.next({ kind: "delay", ms: 300 });
    const answering = post({ key, idempotencyKey: "k" });
    await harness.simulator.waitFor(() => receivedFrom(harness.simulator, account).length === 1);
    // Only finish names the id that Meta gave.
    const wamid = receivedFrom(harness.simulator, account)[0]?.wamid ?? "";
    const lost = gateway.loseNext(wamid, "answer");
    const answer = await answering;
    await lost;
    assertEquals([answer.status, answer.json.data?.whatsapp_message_id], [201, wamid]);
    const row = await onlyMessage(harness, account.id);
    assertEquals([row.status, row.wamid], ["sent", wamid]);
    assertEquals(receivedFrom(harness.simulator, account).length, 1);
  });

  it("502 meta_error is still told when storing it needs a second connection", async () => {
    const account = await harness.makeAccount();
    const { key } = account.key;
    harness.simulator.faults.next({ kind: "metaError", code: 131026, details: "Lost refusal" });
    const lost = gateway.loseNext("Lost refusal", "answer");
    const answer = await post({ key, idempotencyKey: "k" });
    await lost;
    assertApiError(answer, { status: 502, code: "meta_error" });
    assertEquals((await onlyMessage(harness, account.id)).status, "failed");
    assertEquals((await countRows(harness, account.id)).keys, 0);
  });

  it("503 unavailable when begin takes too long: committed later, it is settled as failed and its key freed", async () => {
    const account = await harness.makeAccount();
    const { key } = account.key;
    const body = { ...TEXT_BODY, text: "This request is late" };
    const held = gateway.loseNext(body.text, "time");
    const answering = post({ key, body, idempotencyKey: "k" });
    await held;
    assertUnavailable(await answering);
    assertEquals((await countRows(harness, account.id)).messages, 0);
    gateway.release();
    const row = await eventually(async () => {
      const [message] = await messageRows(harness, account.id);
      return message?.status === "failed" && message;
    });
    assertEquals([row.wamid, row.lease_until], [null, null]);
    assertEquals((await countRows(harness, account.id)).keys, 0);
    assertEquals(receivedFrom(harness.simulator, account).length, 0);
    const again = await post({ key, body, idempotencyKey: "k" });
    assertEquals([again.status, again.headers.get("idempotent-replayed")], [201, null]);
  });

  it("201 when finish takes long, but ends before the deadline", async () => {
    const account = await harness.makeAccount();
    harness.simulator.faults.next({ kind: "delay", ms: 300 });
    const answering = post({ key: account.key.key });
    await harness.simulator.waitFor(() => receivedFrom(harness.simulator, account).length === 1);
    const wamid = receivedFrom(harness.simulator, account)[0]?.wamid ?? "";
    await gateway.loseNext(wamid, "time");
    assertEquals((await onlyMessage(harness, account.id)).status, "pending");
    gateway.release();
    assertEquals((await answering).status, 201);
    assertEquals((await onlyMessage(harness, account.id)).status, "sent");
  });
});
