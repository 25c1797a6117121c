/**
 * Everything after which only Meta knows whether it took the message: each is 504 `outcome_unknown`, the row is
 * `unknown`, the key stays reserved, and the request was written once. Besides: Meta out of reach, time limits, and
 * clients that hang up.
 */
import { afterAll, afterEach, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { assertApiError } from "@/tests/helpers/api_client.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import {
  attemptsOf,
  countRows,
  messageRows,
  onlyMessage,
  postMessage,
  receivedFrom,
  TEXT_BODY,
} from "@/tests/helpers/sends.ts";
import { startTcpGateway, type TcpGateway } from "@/tests/helpers/tcp_gateway.ts";
import type { Fault } from "@/tests/simulator/faults.ts";

/** META_TIMEOUT_MS of the test servers, and the 5 s beyond it. */
const DEADLINE_MS = 6_500;

const NOTHING = { contacts: 0, conversations: 0, messages: 0, keys: 0 };

describe("POST /api/v1/messages when Meta's answer is lost", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterEach(() => harness.simulator.faults.clear());
  afterAll(() => harness[Symbol.asyncDispose]());

  const post = (options: Parameters<typeof postMessage>[1]) =>
    postMessage(harness.server.baseUrl, options);
  const answers = (status: number, body: string): Fault => ({ kind: "answer", status, body });

  const LOSSES: [name: string, fault: Fault][] = [
    ["a reset after the request was read", { kind: "resetAfterRead" }],
    ["a close after the request was read", { kind: "closeAfterRead" }],
    ["half a status line", { kind: "halfStatusLine" }],
    ["status 500 without an envelope", { kind: "status5xxWithoutBody", status: 500 }],
    ["status 502 without an envelope", { kind: "status5xxWithoutBody", status: 502 }],
    ["status 503 without an envelope", { kind: "status5xxWithoutBody", status: 503 }],
    ["status 504 with a page", answers(504, "<html>Gateway time-out</html>")],
    ["status 200 with half of its JSON", { kind: "malformedJson" }],
    ["status 200 without a body", answers(200, "")],
    ["status 200 without a message id", answers(200, '{"messages":[{}]}')],
    ["status 200 with an empty message id", answers(200, '{"messages":[{"id":""}]}')],
    ["status 200 with an error inside", answers(200, '{"error":{"code":131047}}')],
    ["status 200 with a list", answers(200, "[]")],
    ["status 204", answers(204, "")],
    ["a huge answer", { kind: "hugeAnswer" }],
    ["status 304", answers(304, "")],
    ["code 1 with status 400", { kind: "metaError", code: 1, status: 400 }],
    ["code 1 with status 500", { kind: "metaError", code: 1, status: 500 }],
    ["code 2 with status 503", { kind: "metaError", code: 2, status: 503 }],
    ["code 131000 with status 500", { kind: "metaError", code: 131000, status: 500 }],
    ["code 131000 with status 400", { kind: "metaError", code: 131000, status: 400 }],
    ["code 131016 with status 500", { kind: "metaError", code: 131016, status: 500 }],
    ["an unknown code with status 500", { kind: "metaError", code: 999999, status: 500 }],
    ["silence beyond the time limit", { kind: "neverAnswer" }],
    ["an answer that comes after the time limit", { kind: "delay", ms: 2_000 }],
  ];
  for (const [name, fault] of LOSSES) {
    it(`504 outcome_unknown for ${name}, and Meta received the request once`, async () => {
      const account = await harness.makeAccount();
      harness.simulator.faults.next(fault);
      const answer = await post({ key: account.key.key, idempotencyKey: "k" });
      assertApiError(answer, { status: 504, code: "outcome_unknown", retryable: false });
      const row = await onlyMessage(harness, account.id);
      const { details } = answer.json.error;
      assertEquals(details.message_id, row.id);
      assertEquals(details.meta?.code, fault.kind === "metaError" ? fault.code : undefined);
      assertEquals([row.status, row.wamid, row.lease_until], ["unknown", null, null]);
      assertEquals(row.error?.title, "Outcome unknown");
      assertEquals((await countRows(harness, account.id)).keys, 1);
      assertEquals(await attemptsOf(harness, answer), 1);
      assertEquals(receivedFrom(harness.simulator, account).length, 1);
    });
  }

  for (const kind of ["resetBeforeRead", "closeBeforeRead"] as const) {
    it(`504 outcome_unknown for ${kind}: part of the request was written, so it is not repeated`, async () => {
      const account = await harness.makeAccount();
      harness.simulator.faults.next({ kind });
      const answer = await post({ key: account.key.key });
      assertApiError(answer, { status: 504, code: "outcome_unknown" });
      assertEquals((await onlyMessage(harness, account.id)).status, "unknown");
      assertEquals(await attemptsOf(harness, answer), 1);
      assertEquals(receivedFrom(harness.simulator, account).length, 0);
    });
  }

  for (const status of [301, 302, 303, 307, 308]) {
    it(`504 outcome_unknown for a redirect ${status}, which is not followed`, async () => {
      const account = await harness.makeAccount();
      const location = `${harness.simulator.url}/elsewhere`;
      harness.simulator.faults.next({ kind: "redirect", status, location });
      const answer = await post({ key: account.key.key });
      assertApiError(answer, { status: 504, code: "outcome_unknown" });
      assertEquals((await onlyMessage(harness, account.id)).status, "unknown");
      assertEquals(receivedFrom(harness.simulator, account).length, 1);
      assert(!harness.simulator.received().some(({ path }) => path.includes("elsewhere")));
    });
  }

  it("GET /api/v1/messages/{id} 200 shows the unknown message and why it is unknown", async () => {
    const { key } = (await harness.makeAccount()).key;
    harness.simulator.faults.next({ kind: "metaError", code: 131000, status: 500 });
    const lost = await post({ key });
    const id = lost.json.error.details.message_id;
    const { status, json } = await harness.call({ path: `/api/v1/messages/${id}`, key });
    assertEquals(status, 200);
    assertEquals([json.data.status, json.data.whatsapp_message_id], ["unknown", null]);
    assertEquals([json.data.error.code, json.data.error.title], [131000, "Outcome unknown"]);
    assertMatch(json.data.error.hint, /webhook/);
  });

  it("201 for the sends beside one that is lost", async () => {
    const account = await harness.makeAccount();
    harness.simulator.faults.when(
      ({ body }) => JSON.stringify(body).includes("+14155550199"),
      { kind: "resetAfterRead" },
    );
    const statuses = await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        const to = index % 3 === 0 ? "+14155550199" : "+14155550123";
        return (await post({ key: account.key.key, body: { ...TEXT_BODY, to } })).status;
      }),
    );
    assertEquals(statuses, Array.from({ length: 12 }, (_, index) => index % 3 === 0 ? 504 : 201));
    const byStatus = Map.groupBy(
      await messageRows(harness, account.id),
      ({ status }) => status,
    );
    assertEquals([byStatus.get("sent")?.length, byStatus.get("unknown")?.length], [8, 4]);
    assertEquals(receivedFrom(harness.simulator, account).length, 12);
  });

  it("504 for a slow Meta comes within the deadline", async () => {
    const account = await harness.makeAccount();
    harness.simulator.faults.next({ kind: "neverAnswer" });
    const startedAt = performance.now();
    const answer = await post({ key: account.key.key });
    const elapsedMs = performance.now() - startedAt;
    assertEquals(answer.status, 504);
    assert(elapsedMs >= 1_400 && elapsedMs < DEADLINE_MS, `${elapsedMs} ms`);
  });

  it("sends to the end when the client hangs up in the middle", async () => {
    const account = await harness.makeAccount();
    harness.simulator.faults.next({ kind: "delay", ms: 400 });
    const client = new AbortController();
    const request = fetch(`${harness.server.baseUrl}/api/v1/messages`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${account.key.key}`,
        "content-type": "application/json",
        "idempotency-key": "k",
      },
      body: JSON.stringify(TEXT_BODY),
      signal: client.signal,
    }).then(() => "answered", () => "hung up");
    await harness.simulator.waitFor(() => receivedFrom(harness.simulator, account).length === 1);
    client.abort();
    assertEquals(await request, "hung up");
    const row = await eventually(async () => {
      const message = await onlyMessage(harness, account.id);
      return message.status !== "pending" && message;
    });
    assertEquals(row.status, "sent");
    const again = await post({ key: account.key.key, idempotencyKey: "k" });
    assertEquals([again.status, again.json.data.whatsapp_message_id], [201, row.wamid]);
    assertEquals(receivedFrom(harness.simulator, account).length, 1);
  });
});

describe("POST /api/v1/messages when Meta is out of reach", () => {
  let harness: Harness;
  let gateway: TcpGateway;
  beforeAll(async () => {
    let simulatorPort = 0;
    gateway = await startTcpGateway(() => simulatorPort);
    harness = await startHarness({
      environment: { META_GRAPH_URL: `http://127.0.0.1:${gateway.port}` },
    });
    simulatorPort = harness.simulator.port;
  });
  afterAll(async () => {
    await harness[Symbol.asyncDispose]();
    await gateway[Symbol.asyncDispose]();
  });

  const post = (options: Parameters<typeof postMessage>[1]) =>
    postMessage(harness.server.baseUrl, options);

  it("503 meta_unavailable after four attempts, with a failed row and a free key; then 201", async () => {
    const account = await harness.makeAccount();
    await gateway.refuse();
    const answer = await post({ key: account.key.key, idempotencyKey: "k" });
    assertApiError(answer, { status: 503, code: "meta_unavailable", retryable: true });
    assertEquals(Number(answer.headers.get("retry-after")) >= 1, true);
    const failed = await onlyMessage(harness, account.id);
    assertEquals(answer.json.error.details, { message_id: failed.id });
    assertEquals([failed.status, failed.wamid, failed.error?.code], ["failed", null, null]);
    assertEquals((await countRows(harness, account.id)).keys, 0);
    assertEquals(await attemptsOf(harness, answer), 4);
    assertEquals(receivedFrom(harness.simulator, account).length, 0);
    await gateway.accept();
    const again = await post({ key: account.key.key, idempotencyKey: "k" });
    assertEquals([again.status, again.headers.get("idempotent-replayed")], [201, null]);
    assertEquals((await messageRows(harness, account.id)).map(({ status }) => status), [
      "failed",
      "sent",
    ]);
  });

  it("201 when Meta comes back between two attempts", async () => {
    // The waits are random: with several sends some still have an attempt left when Meta is back.
    const accounts = await Promise.all(Array.from({ length: 8 }, () => harness.makeAccount()));
    await gateway.refuse();
    const answers = accounts.map((account) => post({ key: account.key.key }));
    await Promise.all(
      accounts.map((account) =>
        eventually(async () => (await messageRows(harness, account.id)).length === 1)
      ),
    );
    await gateway.accept();
    let sent = 0;
    for (const [index, account] of accounts.entries()) {
      const answer = await answers[index];
      const received = receivedFrom(harness.simulator, account).length;
      const row = await onlyMessage(harness, account.id);
      if (answer?.status === 201) sent++;
      assertEquals(
        [answer?.status, row.status, received],
        received === 1 ? [201, "sent", 1] : [503, "failed", 0],
      );
    }
    assert(sent > 0);
  });

  it("503 leaves test keys alone: the sandbox needs no network", async () => {
    const account = await harness.makeAccount();
    await gateway.refuse();
    const answer = await post({ key: account.testKey.key });
    await gateway.accept();
    assertEquals(answer.status, 201);
    assertEquals(await countRows(harness, account.id), NOTHING);
  });
});
