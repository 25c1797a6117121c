/** The rate limit of a key: a burst of the whole limit, a steady refill, and headers that tell the truth. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { type ApiAnswer, type ApiRequest, assertApiError } from "@/tests/helpers/api_client.ts";
import { mistypedKey, revokeKey } from "@/tests/helpers/bad_keys.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import type { SeededKey } from "@/tests/helpers/seed.ts";

const NAMES = ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"];

describe("rate limit", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  async function makeKey(rateLimit: number): Promise<SeededKey> {
    const account = await harness.makeAccount();
    return await harness.makeKey({ accountId: account.id, rateLimit });
  }

  function callMe(key: SeededKey): Promise<ApiAnswer> {
    return harness.call({ path: "/api/v1/me", key: key.key });
  }

  /** Sets when the full burst is back, in seconds from now. */
  async function setFullIn(key: SeededKey, seconds: number): Promise<void> {
    await harness.query(
      `insert into rate_limit_states (key_id, full_at)
       values ($1, clock_timestamp() + $2::float8 * interval '1 second')
       on conflict (key_id) do update set full_at = excluded.full_at`,
      [key.id, seconds],
    );
  }

  async function readState(key: SeededKey): Promise<number | null> {
    const [row] = await harness.query<{ at: number }>(
      "select extract(epoch from full_at)::float8 as at from rate_limit_states where key_id = $1",
      [key.id],
    );
    return row?.at ?? null;
  }

  it("GET /api/v1/me 429 comes after exactly the burst", async () => {
    const key = await makeKey(5);
    const startedAt = Date.now();
    const remaining: (string | null)[] = [];
    for (let count = 0; count < 5; count++) {
      const answer = await callMe(key);
      assertEquals(answer.status, 200);
      assertEquals(answer.headers.get("retry-after"), null);
      remaining.push(answer.headers.get("x-ratelimit-remaining"));
    }
    assertEquals(remaining, ["4", "3", "2", "1", "0"]);
    const refused = await callMe(key);
    assertApiError(refused, { status: 429, code: "rate_limited", retryable: true });
    assertEquals(refused.headers.get("x-ratelimit-limit"), "5");
    assertEquals(refused.headers.get("x-ratelimit-remaining"), "0");
    // One request of five a minute comes back every 12 seconds.
    const retryAfter = Number(refused.headers.get("retry-after"));
    const elapsed = (Date.now() - startedAt) / 1000;
    assert(Number.isInteger(retryAfter), String(retryAfter));
    assert(retryAfter <= 12 && retryAfter >= Math.floor(12 - elapsed), String(retryAfter));
    assert(refused.json.error.message.includes("5 requests a minute"), refused.text);
  });

  it("GET /api/v1/me 200 tells in X-RateLimit-Reset when the full burst is back", async () => {
    const key = await makeKey(60);
    const before = Math.floor(Date.now() / 1000);
    const answer = await callMe(key);
    const reset = Number(answer.headers.get("x-ratelimit-reset"));
    assertEquals(reset, Math.ceil(await readState(key) ?? 0));
    assert(reset >= before + 1 && reset <= before + 4, `${reset} from ${before}`);
  });

  it("GET /api/v1/me 429 and its Reset take nothing from what comes back", async () => {
    const key = await makeKey(60);
    await setFullIn(key, 60);
    const before = await readState(key);
    const first = await callMe(key);
    assertEquals(first.status, 429);
    assertEquals(await readState(key), before);
    assertEquals(Number(first.headers.get("x-ratelimit-reset")), Math.ceil(before ?? 0));
  });

  it("GET /api/v1/me 200 comes back at the pace of the limit", async () => {
    // One request every half second.
    const key = await makeKey(120);
    await setFullIn(key, 60);
    const exhaustedAt = performance.now();
    const first = await callMe(key);
    assertEquals(first.status, 429);
    assertEquals(first.headers.get("retry-after"), "1");
    const passed = await eventually(async () => {
      const answer = await callMe(key);
      return answer.status === 200 && answer;
    });
    const waitedMs = performance.now() - exhaustedAt;
    assert(waitedMs > 300 && waitedMs < 1500, `waited ${waitedMs} ms`);
    assertEquals(passed.headers.get("x-ratelimit-remaining"), "0");
  });

  // Seconds until full, and how many of 60 a minute may pass at once; half a second of slack for slow machines.
  for (const { fullIn, free } of [{ fullIn: 59.5, free: 0 }, { fullIn: 57.5, free: 2 }]) {
    it(`GET /api/v1/me lets ${free} pass when the burst of 60 is back in ${fullIn} s`, async () => {
      const key = await makeKey(60);
      await setFullIn(key, fullIn);
      const answers = await Promise.all(Array.from({ length: free + 1 }, () => callMe(key)));
      assertEquals(answers.filter(({ status }) => status === 200).length, free);
    });
  }

  it("GET /api/v1/me 200 has the full burst again after a long rest, and not more", async () => {
    const key = await makeKey(3);
    await setFullIn(key, -3600);
    const remaining = [];
    for (let count = 0; count < 3; count++) {
      remaining.push((await callMe(key)).headers.get("x-ratelimit-remaining"));
    }
    assertEquals(remaining, ["2", "1", "0"]);
    assertEquals((await callMe(key)).status, 429);
  });

  // 60 seconds divided by these is no whole number of microseconds.
  for (const limit of [7, 9, 11, 13]) {
    it(`GET /api/v1/me passes a burst of ${limit}, and counts it down to 0`, async () => {
      const key = await makeKey(limit);
      const answers = await Promise.all(Array.from({ length: limit }, () => callMe(key)));
      assertEquals(answers.map(({ status }) => status), answers.map(() => 200));
      const remaining = answers.map(({ headers }) => Number(headers.get("x-ratelimit-remaining")));
      assertEquals(remaining.sort((a, b) => a - b), answers.map((_, index) => index));
      assertEquals((await callMe(key)).status, 429);
    });
  }

  it("GET /api/v1/me passes exactly the burst of sixty concurrent requests", async () => {
    const key = await makeKey(30);
    const startedAt = performance.now();
    const answers = await Promise.all(Array.from({ length: 60 }, () => callMe(key)));
    const refilled = Math.floor((performance.now() - startedAt) / 2_000);
    const passed = answers.filter(({ status }) => status === 200).length;
    assert(passed >= 30 && passed <= 30 + refilled, `${passed} passed`);
    assertEquals(answers.filter(({ status }) => status === 429).length, 60 - passed);
  });

  it("GET /api/v1/me 200 of an unlimited key has no headers and writes no row", async () => {
    const key = await makeKey(0);
    const answers = await Promise.all(Array.from({ length: 40 }, () => callMe(key)));
    for (const answer of answers) {
      assertEquals(answer.status, 200);
      assertEquals(NAMES.map((name) => answer.headers.get(name)), [null, null, null]);
      assertEquals(answer.json.data.key.rate_limit, 0);
    }
    assertEquals(await readState(key), null);
  });

  it("a key that is not given a limit has 120 requests a minute", async () => {
    const [row] = await harness.query<{ limit: string }>(
      `select column_default as limit from information_schema.columns
       where table_name = 'api_keys' and column_name = 'rate_limit'`,
    );
    assertEquals(row?.limit, "120");
  });

  it("GET /api/v1/me 200 of one key takes nothing from another of the account", async () => {
    const account = await harness.makeAccount();
    const used = await harness.makeKey({ accountId: account.id, rateLimit: 1 });
    const other = await harness.makeKey({ accountId: account.id, rateLimit: 1 });
    assertEquals((await callMe(used)).status, 200);
    assertEquals((await callMe(used)).status, 429);
    assertEquals((await callMe(other)).status, 200);
  });

  it("GET /api/v1/me 401 of a revoked or mistyped key takes nothing and has no headers", async () => {
    const key = await makeKey(10);
    await revokeKey(harness, key.id);
    for (const text of [key.key, mistypedKey(key.key)]) {
      const answer = await harness.call({ path: "/api/v1/me", key: text });
      assertEquals(answer.status, 401);
      assertEquals(NAMES.map((name) => answer.headers.get(name)), [null, null, null]);
    }
    assertEquals(await readState(key), null);
  });

  const json = { "content-type": "application/json" };
  const send = { path: "/api/v1/messages" };
  const cases: { status: number; request: ApiRequest; scopeless?: boolean }[] = [
    { status: 200, request: { path: "/api/v1/me" } },
    { status: 200, request: { path: "/api/v1/me", method: "HEAD" } },
    { status: 201, request: { ...send, body: { to: "+14155550123", text: "Hi" } } },
    { status: 400, request: { ...send, body: { to: "nobody" } } },
    { status: 400, request: { ...send, body: "{", headers: json } },
    { status: 403, request: { ...send, body: { to: "+14155550123" } }, scopeless: true },
    { status: 404, request: { path: "/api/v1/messages/nothing" } },
    { status: 413, request: { ...send, body: "x".repeat(300 * 1024), headers: json } },
    { status: 415, request: { ...send, body: "a=b", headers: { "content-type": "text/plain" } } },
    { status: 502, request: { ...send, body: { to: "+15005550001", text: "Hi" } } },
  ];
  for (const { status, request, scopeless } of cases) {
    const { method = request.body === undefined ? "GET" : "POST", path } = request;
    const size = JSON.stringify(request.body ?? "").length;
    it(`${method} ${path} ${status} has the three headers (body of ${size} characters)`, async () => {
      const account = await harness.makeAccount();
      const key = await harness.makeKey({
        accountId: account.id,
        rateLimit: 9,
        ...(scopeless ? { scopes: [] } : {}),
      });
      const answer = await harness.call({ ...request, key: key.key });
      assertEquals(answer.status, status, answer.text);
      assertEquals(answer.headers.get("x-ratelimit-limit"), "9");
      assertEquals(answer.headers.get("x-ratelimit-remaining"), "8");
      const secondsLeft = Number(answer.headers.get("x-ratelimit-reset")) - Date.now() / 1000;
      assert(secondsLeft > 3 && secondsLeft < 8, String(secondsLeft));
    });
  }

  it("GET /api/v1/nowhere 404 and DELETE /api/v1/me 405 take nothing: they need no key", async () => {
    const key = await makeKey(5);
    for (const request of [{ path: "/api/v1/nowhere" }, { method: "DELETE", path: "/api/v1/me" }]) {
      const answer = await harness.call({ ...request, key: key.key });
      assertEquals(NAMES.map((name) => answer.headers.get(name)), [null, null, null]);
    }
    assertEquals(await readState(key), null);
  });
});
