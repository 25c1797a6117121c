/**
 * The order of checks: key, rate limit, scope, body, slot, idempotency, integration, reply target. For each pair of
 * neighbours a request that fails both gets the first one's error, and nothing refused leaves a row behind.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { makeId } from "@/lib/ids.ts";
import { assertApiError } from "@/tests/helpers/api_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { assertNothingLeft, send } from "@/tests/helpers/message_calls.ts";
import { countRows, receivedFrom } from "@/tests/helpers/sends.ts";

const PATH = "/api/v1/messages";
const GOOD = { to: "+14155550123", text: "Hello" };
const BROKEN = { to: "abc" };

/** Long enough for the requests that come meanwhile, on a busy machine too. */
const HELD_MS = 2_500;

describe("POST /api/v1/messages in its order of checks", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness({
      environment: { MAX_SENDS: "1", MAX_WAITING: "0", META_TIMEOUT_MS: "8000" },
    });
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  it("401 before 429: a revoked or expired key beyond its limit", async () => {
    const account = await harness.makeAccount();
    for (const change of ["revoked_at = now()", "expires_at = now() - interval '1 second'"]) {
      const key = await harness.makeKey({ accountId: account.id, rateLimit: 1 });
      const call = { path: PATH, key: key.key, body: BROKEN };
      assertApiError(await harness.call(call), { status: 400, code: "bad_request" });
      assertApiError(await harness.call(call), { status: 429, code: "rate_limited" });
      await harness.query(`update api_keys set ${change} where id = $1`, [key.id]);
      assertApiError(await harness.call(call), { status: 401, code: "unauthorized" });
    }
    await assertNothingLeft(harness, account);
  });

  it("429 before 403: a key beyond its limit that lacks the scope", async () => {
    const account = await harness.makeAccount();
    const key = await harness.makeKey({
      accountId: account.id,
      rateLimit: 1,
      scopes: ["messages:read"],
    });
    const call = { path: PATH, key: key.key, body: GOOD };
    assertApiError(await harness.call(call), { status: 403, code: "forbidden" });
    assertApiError(await harness.call(call), {
      status: 429,
      code: "rate_limited",
      retryable: true,
    });
    await assertNothingLeft(harness, account);
  });

  it("403 before 400, 413 and 415: a key without the scope and a body that is none", async () => {
    const account = await harness.makeAccount();
    const { key } = await harness.makeKey({ accountId: account.id, scopes: ["messages:read"] });
    const bodies: { body: unknown; headers?: Record<string, string> }[] = [
      { body: BROKEN },
      { body: "{" },
      { body: "to=1", headers: { "content-type": "application/x-www-form-urlencoded" } },
      { body: "x".repeat(300 * 1024) },
      { body: GOOD, headers: { "idempotency-key": "not one" } },
    ];
    for (const request of bodies) {
      const answer = await harness.call({ path: PATH, key, ...request });
      assertApiError(answer, { status: 403, code: "forbidden", retryable: false });
    }
    await assertNothingLeft(harness, account);
  });

  it("400 before 503 before 422: no free place, and a broken body or a key used before", async () => {
    const account = await harness.makeAccount();
    const headers = { "idempotency-key": "order-1" };
    const used = await send(harness, account, { body: GOOD, headers });
    assertEquals(used.status, 201, used.text);
    const before = await countRows(harness, account.id);
    harness.simulator.faults.next({ kind: "delay", ms: HELD_MS });
    const held = send(harness, account, { body: { ...GOOD, text: "Slow" } });
    await harness.simulator.waitFor(() => receivedFrom(harness.simulator, account).length === 2);

    const broken = await send(harness, account, { body: BROKEN });
    assertApiError(broken, { status: 400, code: "bad_request" });
    const brokenKey = await send(harness, account, {
      body: GOOD,
      headers: { "idempotency-key": "not one" },
    });
    assertApiError(brokenKey, { status: 400, code: "bad_request" });
    const mismatch = { body: { ...GOOD, text: "Other" }, headers };
    const full = await send(harness, account, mismatch);
    assertApiError(full, { status: 503, code: "unavailable", retryable: true });
    assertEquals(Number(full.headers.get("retry-after")) >= 1, true);
    // The one that is being sent; the refused ones left nothing.
    assertEquals(await countRows(harness, account.id), {
      ...before,
      messages: before.messages + 1,
    });

    assertEquals((await held).status, 201);
    assertApiError(await send(harness, account, mismatch), {
      status: 422,
      code: "idempotency_mismatch",
      retryable: false,
    });
    assertEquals(receivedFrom(harness.simulator, account).length, 2);
  });

  it("422 and replays before whatsapp_not_configured: a key used before the number was disconnected", async () => {
    const account = await harness.makeAccount();
    const headers = { "idempotency-key": "order-2" };
    const sent = await send(harness, account, { body: GOOD, headers });
    assertEquals(sent.status, 201, sent.text);
    await harness.query(
      `update whatsapp_integrations
       set status = 'disconnected', phone_number_id = null, access_token = null, app_secret = null, verify_token = null
       where account_id = $1`,
      [account.id],
    );
    const before = await countRows(harness, account.id);
    const other = { ...GOOD, reply_to_message_id: makeId() };
    assertApiError(await send(harness, account, { body: other, headers }), {
      status: 422,
      code: "idempotency_mismatch",
    });
    const replay = await send(harness, account, { body: GOOD, headers });
    assertEquals(replay.status, 201, replay.text);
    assertEquals(replay.json, { data: sent.json.data });
    assertEquals(replay.headers.get("idempotent-replayed"), "true");
    assertApiError(await send(harness, account, { body: GOOD }), {
      status: 400,
      code: "whatsapp_not_configured",
    });
    assertEquals(await countRows(harness, account.id), before);
  });

  it("whatsapp_not_configured before the reply target, and it leaves nothing and frees the key", async () => {
    const account = await harness.makeAccount({ connected: false });
    const headers = { "idempotency-key": "order-3" };
    for (const extra of [{}, { reply_to_message_id: makeId() }, { name: "Ann" }]) {
      const answer = await send(harness, account, { body: { ...GOOD, ...extra }, headers });
      assertApiError(answer, { status: 400, code: "whatsapp_not_configured", retryable: false });
      assertEquals("details" in answer.json.error, false);
    }
    await assertNothingLeft(harness, account);
  });

  it("400 before whatsapp_not_configured: a broken body in an account without a number", async () => {
    const account = await harness.makeAccount({ connected: false });
    assertApiError(await send(harness, account, { body: BROKEN }), {
      status: 400,
      code: "bad_request",
    });
    await assertNothingLeft(harness, account);
  });

  it("refused before the body is read, a request leaves nothing behind", async () => {
    const account = await harness.makeAccount();
    const keyless = await harness.call({ path: PATH, body: GOOD });
    assertApiError(keyless, { status: 401, code: "unauthorized", retryable: false });
    const bodies: [unknown, string, number, string][] = [
      [
        "to=%2B14155550123&text=x",
        "application/x-www-form-urlencoded",
        415,
        "unsupported_media_type",
      ],
      [JSON.stringify(GOOD), "text/plain", 415, "unsupported_media_type"],
      ["", "application/json", 400, "bad_request"],
      ["[]", "application/json", 400, "bad_request"],
      ['{"to":', "application/json", 400, "bad_request"],
      [`{"text":"${"x".repeat(256 * 1024)}"}`, "application/json", 413, "payload_too_large"],
    ];
    for (const [body, type, status, code] of bodies) {
      const answer = await send(harness, account, {
        body,
        headers: { "content-type": type, "idempotency-key": "order-4" },
      });
      assertApiError(answer, { status, code, retryable: false });
    }
    for (const key of ["", "a b", "ä", "x".repeat(256)]) {
      const answer = await send(harness, account, {
        body: GOOD,
        headers: { "idempotency-key": key },
      });
      assertApiError(answer, { status: 400, code: "bad_request" });
    }
    await assertNothingLeft(harness, account);
  });
});
