/**
 * What Meta's definite refusals become: 502 with everything that Meta said and a hint, a failed row, a free key; and
 * its rate limits: repeated within the request, then 503.
 */
import { afterAll, afterEach, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { META_ERRORS } from "@/lib/meta/error_table.ts";
import { assertApiError } from "@/tests/helpers/api_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import {
  attemptsOf,
  countRows,
  onlyMessage,
  postMessage,
  receivedFrom,
} from "@/tests/helpers/sends.ts";
import type { Fault } from "@/tests/simulator/faults.ts";

const PERMANENT = [...META_ERRORS].filter(([, row]) => row.class === "permanent");
const THROTTLING = [4, 17, 613, 80007, 130429, 131057, 2494100];

describe("POST /api/v1/messages when Meta refuses", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterEach(() => harness.simulator.faults.clear());
  afterAll(() => harness[Symbol.asyncDispose]());

  const post = (options: Parameters<typeof postMessage>[1]) =>
    postMessage(harness.server.baseUrl, options);

  it("502 meta_error carries all of Meta's error, and the row is failed with it", async () => {
    const account = await harness.makeAccount();
    harness.simulator.faults.next({
      kind: "metaError",
      code: 131047,
      subcode: 2494010,
      details: "More than 24 hours have passed",
    });
    const answer = await post({ key: account.key.key, idempotencyKey: "k" });
    assertApiError(answer, { status: 502, code: "meta_error", retryable: false });
    const row = await onlyMessage(harness, account.id);
    const hint =
      "More than 24 hours have passed since the person last wrote to you. Send an approved template instead.";
    assertEquals(answer.json.error.details, {
      message_id: row.id,
      meta: {
        code: 131047,
        subcode: 2494010,
        type: "OAuthException",
        title: "Re-engagement message",
        message: "More than 24 hours have passed",
        fbtrace_id: "Asimulator",
        hint,
      },
    });
    assertEquals(answer.headers.get("retry-after"), null);
    assertEquals([row.status, row.wamid, row.lease_until], ["failed", null, null]);
    assertEquals(row.error, {
      code: 131047,
      title: "Re-engagement message",
      message: "More than 24 hours have passed",
      hint,
    });
    assertEquals(await countRows(harness, account.id), {
      contacts: 1,
      conversations: 1,
      messages: 1,
      keys: 0,
    });
    assertEquals(receivedFrom(harness.simulator, account).length, 1);
  });

  it("GET /api/v1/messages/{id} 200 shows the failed message and its error", async () => {
    const { key } = (await harness.makeAccount()).key;
    harness.simulator.faults.next({ kind: "metaError", code: 131026, details: "Undeliverable" });
    const refused = await post({ key });
    const { message_id: id, meta } = refused.json.error.details;
    const { status, json } = await harness.call({ path: `/api/v1/messages/${id}`, key });
    assertEquals(status, 200);
    assertEquals([json.data.status, json.data.whatsapp_message_id], ["failed", null]);
    assertEquals(json.data.error, {
      code: 131026,
      title: meta.title,
      message: "Undeliverable",
      hint: meta.hint,
    });
    assert(json.data.failed_at !== null && json.data.sent_at === null);
  });

  it("502 meta_error for every permanent code of the table, each with a hint of its own, never repeated", async () => {
    const account = await harness.makeAccount();
    for (const [index, [code, row]] of PERMANENT.entries()) {
      harness.simulator.faults.next({ kind: "metaError", code });
      const answer = await post({ key: account.key.key, idempotencyKey: `k${code}` });
      assertApiError(answer, { status: 502, code: "meta_error", retryable: false });
      const { meta } = answer.json.error.details;
      assertEquals([meta.code, meta.hint, meta.title], [code, row.hint, row.title]);
      assertEquals(receivedFrom(harness.simulator, account).length, index + 1, `code ${code}`);
    }
    assert(PERMANENT.length > 40);
    const rows = await countRows(harness, account.id);
    assertEquals([rows.messages, rows.keys], [PERMANENT.length, 0]);
  });

  const REFUSALS: [name: string, fault: Fault, code: number | null][] = [
    ["a permanent code with status 500", { kind: "metaError", code: 131045, status: 500 }, 131045],
    ["code 3 with status 500", { kind: "metaError", code: 3, status: 500 }, 3],
    ["an expired token with status 401", { kind: "metaError", code: 190, status: 401 }, 190],
    ["an unknown code with status 400", { kind: "metaError", code: 999999, status: 400 }, 999999],
    ["status 404 without an envelope", { kind: "answer", status: 404, body: "" }, null],
    ["status 403 with a page", { kind: "answer", status: 403, body: "<html>No</html>" }, null],
    ["status 400 with other JSON", { kind: "answer", status: 400, body: '{"error":"no"}' }, null],
    ["status 400 with an empty error", { kind: "answer", status: 400, body: '{"error":{}}' }, null],
    ["status 400 with a list", { kind: "answer", status: 400, body: "[1]" }, null],
  ];
  for (const [name, fault, code] of REFUSALS) {
    it(`502 meta_error for ${name}`, async () => {
      const account = await harness.makeAccount();
      harness.simulator.faults.next(fault);
      const answer = await post({ key: account.key.key, idempotencyKey: "k" });
      assertApiError(answer, { status: 502, code: "meta_error", retryable: false });
      const { meta, message_id: id } = answer.json.error.details;
      assertEquals(Object.keys(meta).sort(), [
        "code",
        "fbtrace_id",
        "hint",
        "message",
        "subcode",
        "title",
        "type",
      ]);
      assertEquals(meta.code, code);
      assert(meta.message.length > 0 && meta.hint.length > 0);
      const row = await onlyMessage(harness, account.id);
      assertEquals([row.id, row.status, row.error?.code], [id, "failed", code]);
      assertEquals((await countRows(harness, account.id)).keys, 0);
      assertEquals(receivedFrom(harness.simulator, account).length, 1);
    });
  }

  it("502 meta_error repeats no access token that Meta's message holds", async () => {
    const account = await harness.makeAccount();
    harness.simulator.faults.next({
      kind: "answer",
      status: 401,
      body: JSON.stringify({
        error: { code: 190, message: `Malformed access token ${account.accessToken}` },
      }),
    });
    const answer = await post({ key: account.key.key });
    assertApiError(answer, { status: 502, code: "meta_error" });
    const row = await onlyMessage(harness, account.id);
    assert(!answer.text.includes(account.accessToken));
    assert(!JSON.stringify(row).includes(account.accessToken));
    assert(!harness.server.lines.some((line) => line.includes(account.accessToken)));
  });

  it("502 meta_error stores a message of Meta's with NUL and half surrogates", async () => {
    const account = await harness.makeAccount();
    harness.simulator.faults.next({
      kind: "answer",
      status: 400,
      body: '{"error":{"code":100,"message":"a\\u0000b\\ud800c"}}',
    });
    const answer = await post({ key: account.key.key });
    assertApiError(answer, { status: 502, code: "meta_error" });
    assertEquals((await onlyMessage(harness, account.id)).error?.message, "ab\ufffdc");
  });
});

describe("POST /api/v1/messages when Meta throttles", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterEach(() => harness.simulator.faults.clear());
  afterAll(() => harness[Symbol.asyncDispose]());

  const post = (options: Parameters<typeof postMessage>[1]) =>
    postMessage(harness.server.baseUrl, options);

  const RECOVERIES: [name: string, fault: Fault][] = [
    ...THROTTLING.map((code): [string, Fault] => [`code ${code}`, { kind: "throttle", code }]),
    ["code 130429 with status 429", { kind: "throttle", code: 130429, status: 429 }],
    ["code 4 with status 403", { kind: "throttle", code: 4, status: 403 }],
    ["code 80007 with status 503", { kind: "throttle", code: 80007, status: 503 }],
    ["code 130429 with status 500", { kind: "throttle", code: 130429, status: 500 }],
    ["status 429 without a code", { kind: "answer", status: 429, body: "Slow down" }],
    ["an unknown code with status 429", { kind: "throttle", code: 999999, status: 429 }],
  ];
  for (const [name, fault] of RECOVERIES) {
    it(`201 after one ${name}`, async () => {
      const account = await harness.makeAccount();
      harness.simulator.faults.next(fault);
      const answer = await post({ key: account.key.key });
      assertEquals(answer.status, 201, answer.text);
      assertEquals((await onlyMessage(harness, account.id)).status, "sent");
      const received = receivedFrom(harness.simulator, account);
      assertEquals(received.map(({ taken }) => taken), [false, true]);
      assertEquals(received[1]?.rawBody, received[0]?.rawBody);
    });
  }

  it("201 after two throttles in a row, with one row and one message taken", async () => {
    const account = await harness.makeAccount();
    harness.simulator.faults.next({ kind: "throttle", code: 130429 }, 2);
    const answer = await post({ key: account.key.key, idempotencyKey: "k" });
    assertEquals(answer.status, 201);
    const row = await onlyMessage(harness, account.id);
    const received = receivedFrom(harness.simulator, account);
    assertEquals([row.status, row.wamid], ["sent", received[2]?.wamid]);
    assertEquals(received.map(({ taken }) => taken), [false, false, true]);
  });

  it("201 after waiting for as long as Retry-After says", async () => {
    const account = await harness.makeAccount();
    harness.simulator.faults.next({ kind: "throttle", code: 130429, retryAfterSeconds: 1 });
    assertEquals((await post({ key: account.key.key })).status, 201);
    const [first, second] = receivedFrom(harness.simulator, account);
    assert(first !== undefined && second !== undefined);
    assert(second.at - first.at >= 990, `Waited ${second.at - first.at} ms`);
  });

  it("503 meta_unavailable after four attempts for each throttling code", async () => {
    await Promise.all(THROTTLING.map(async (code) => {
      const account = await harness.makeAccount();
      harness.simulator.faults.when(
        ({ path }) => path.includes(`/${account.phoneNumberId}/`),
        { kind: "throttle", code },
      );
      const answer = await post({ key: account.key.key, idempotencyKey: "k" });
      assertApiError(answer, { status: 503, code: "meta_unavailable", retryable: true });
      assertEquals(Number(answer.headers.get("retry-after")) >= 1, true);
      const row = await onlyMessage(harness, account.id);
      const { details } = answer.json.error;
      assertEquals([details.message_id, details.meta.code], [row.id, code]);
      assertEquals(Object.keys(details.meta).length, 7);
      assertEquals([row.status, row.wamid, row.error?.code], ["failed", null, code]);
      assertEquals((await countRows(harness, account.id)).keys, 0);
      assertEquals(receivedFrom(harness.simulator, account).length, 4);
    }));
  });

  it("503 meta_unavailable at once when Retry-After does not fit into the deadline", async () => {
    const account = await harness.makeAccount();
    harness.simulator.faults.next({ kind: "throttle", code: 130429, retryAfterSeconds: 30 });
    const startedAt = performance.now();
    const answer = await post({ key: account.key.key });
    assert(performance.now() - startedAt < 1_000);
    assertApiError(answer, { status: 503, code: "meta_unavailable", retryable: true });
    assertEquals(answer.headers.get("retry-after"), "30");
    assertEquals(answer.json.error.details.meta.code, 130429);
    assertEquals((await onlyMessage(harness, account.id)).status, "failed");
    assertEquals(receivedFrom(harness.simulator, account).length, 1);
  });

  for (const status of [400, 429]) {
    it(`503 meta_unavailable with Retry-After: 6 and one attempt for code 131056 with status ${status}`, async () => {
      const account = await harness.makeAccount();
      harness.simulator.faults.next({ kind: "metaError", code: 131056, status });
      const answer = await post({ key: account.key.key, idempotencyKey: "k" });
      assertApiError(answer, { status: 503, code: "meta_unavailable", retryable: true });
      assertEquals(answer.headers.get("retry-after"), "6");
      const row = await onlyMessage(harness, account.id);
      const { details } = answer.json.error;
      assertEquals([details.message_id, details.meta.code], [row.id, 131056]);
      assertEquals([row.status, row.error?.code], ["failed", 131056]);
      assertEquals((await countRows(harness, account.id)).keys, 0);
      assertEquals(receivedFrom(harness.simulator, account).length, 1);
    });
  }

  it("502 meta_error when a refusal follows a throttle: the last word counts", async () => {
    const account = await harness.makeAccount();
    harness.simulator.faults.next({ kind: "throttle", code: 130429 });
    harness.simulator.faults.next({ kind: "metaError", code: 131026 });
    const answer = await post({ key: account.key.key });
    assertApiError(answer, { status: 502, code: "meta_error" });
    assertEquals(answer.json.error.details.meta.code, 131026);
    assertEquals(await attemptsOf(harness, answer), 2);
  });

  it("504 outcome_unknown when a broken answer follows a throttle: it is not repeated", async () => {
    const account = await harness.makeAccount();
    harness.simulator.faults.next({ kind: "throttle", code: 130429 });
    harness.simulator.faults.next({ kind: "closeAfterRead" });
    const answer = await post({ key: account.key.key });
    assertApiError(answer, { status: 504, code: "outcome_unknown" });
    assertEquals((await onlyMessage(harness, account.id)).status, "unknown");
    assertEquals(receivedFrom(harness.simulator, account).length, 2);
  });
});
