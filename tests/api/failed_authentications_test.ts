/**
 * Calling without a valid key again and again: thirty times a minute for a client address, and a valid key is answered
 * all the same. What is counted when is tested with a clock in tests/lib/failed_authentications_test.ts.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { type ApiAnswer, type ApiRequest, assertApiError } from "@/tests/helpers/api_client.ts";
import { expireKey, mistypedKey, revokeKey, unknownKey } from "@/tests/helpers/bad_keys.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { assertUnauthorized } from "@/tests/helpers/route_contract.ts";
import { TEXT_BODY } from "@/tests/helpers/sends.ts";

const ME = "/api/v1/me";
const LIMIT = 30;

describe("failed authentications", () => {
  let harness: Harness;
  let count = 0;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  /** An address of which nothing has come yet. */
  const newAddress = () => `203.0.113.${++count}`;

  function callFrom(address: string, request: ApiRequest): Promise<ApiAnswer> {
    return harness.call({
      ...request,
      headers: { ...request.headers, "x-forwarded-for": address },
    });
  }

  /** Fails so often at once; how often each status was the answer. */
  async function fail(address: string, times: number): Promise<Record<number, number>> {
    const answers = await Promise.all(
      Array.from({ length: times }, () => callFrom(address, { path: ME })),
    );
    const groups = Map.groupBy(answers, ({ status }) => status);
    return Object.fromEntries([...groups].map(([status, { length }]) => [status, length]));
  }

  async function assertLimited(address: string): Promise<void> {
    assertTooManyFailures(await callFrom(address, { path: ME }));
  }

  it("GET /api/v1/me 429 answers the 31st failure of a minute, with Retry-After and what to do", async () => {
    const address = newAddress();
    for (let failure = 0; failure < LIMIT; failure++) {
      assertUnauthorized(await callFrom(address, { path: ME, key: unknownKey() }));
    }
    const refused = await callFrom(address, { path: ME, key: unknownKey() });
    assertTooManyFailures(refused);
    assertMatch(refused.json.error.message, /correct the key.* try again in [0-9]+ s/);
  });

  it("GET /api/v1/me 429 comes for all but thirty of two hundred failures at once", async () => {
    assertEquals(await fail(newAddress(), 200), { 401: LIMIT, 429: 200 - LIMIT });
  });

  it("every kind of failure counts, on every path", async () => {
    const address = newAddress();
    const account = await harness.makeAccount();
    const [revoked, expired] = [
      await harness.makeKey({ accountId: account.id }),
      await harness.makeKey({ accountId: account.id, expiresInDays: 1 }),
    ];
    await revokeKey(harness, revoked.id);
    await expireKey(harness, expired.id);
    const kinds: Pick<ApiRequest, "key" | "headers">[] = [
      {},
      { headers: { authorization: "Basic abc" } },
      { key: "" },
      { key: "wacrm_live_x" },
      { key: mistypedKey(account.key.key) },
      { key: account.key.key.replace("_live_", "_test_") },
      { key: unknownKey("live") },
      { key: unknownKey("test") },
      { key: revoked.key },
      { key: expired.key },
    ];
    const requests: ApiRequest[] = [
      { path: ME },
      { path: "/api/v1/messages", body: TEXT_BODY },
      { path: "/api/v1/contacts", method: "HEAD" },
    ];
    assertEquals(kinds.length * requests.length, LIMIT);
    for (const kind of kinds) {
      for (const request of requests) {
        assertEquals((await callFrom(address, { ...request, ...kind })).status, 401);
      }
    }
    for (const kind of kinds) {
      assertTooManyFailures(await callFrom(address, { path: ME, ...kind }));
    }
  });

  it("a valid key is answered while its address is limited, and lifts nothing", async () => {
    const address = newAddress();
    const { key: { key } } = await harness.makeAccount();
    await fail(address, LIMIT + 1);
    assertEquals((await callFrom(address, { path: ME, key })).status, 200);
    const sent = await callFrom(address, { path: "/api/v1/messages", key, body: TEXT_BODY });
    assertEquals(sent.status, 201, sent.text);
    await assertLimited(address);
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => callFrom(address, { path: ME, key })),
    );
    assertEquals(answers.map(({ status }) => status), Array(40).fill(200));
    await assertLimited(address);
  });

  it("nothing but failures counts", async () => {
    const address = newAddress();
    const account = await harness.makeAccount();
    const scopeless = await harness.makeKey({ accountId: account.id, scopes: [] });
    const limited = await harness.makeKey({ accountId: account.id, rateLimit: 1 });
    const { key } = account.key;
    const requests: [status: number, request: ApiRequest][] = [
      [200, { path: ME, key }],
      [204, { path: ME, method: "OPTIONS" }],
      [400, { path: "/api/v1/messages", key, body: {} }],
      [403, { path: "/api/v1/contacts", key: scopeless.key }],
      [404, { path: "/api/v1/nowhere" }],
      [404, { path: `/api/v1/messages/${crypto.randomUUID()}`, key }],
      [405, { path: ME, method: "DELETE" }],
      [429, { path: ME, key: limited.key }],
      [200, { path: "/healthz" }],
      [403, { path: "/webhooks/whatsapp" }],
    ];
    assertEquals((await callFrom(address, { path: ME, key: limited.key })).status, 200);
    for (const [status, request] of requests) {
      for (let times = 0; times < 5; times++) {
        const answer = await callFrom(address, request);
        assertEquals([request.path, answer.status], [request.path, status]);
      }
    }
    assertEquals(await fail(address, LIMIT + 1), { 401: LIMIT, 429: 1 });
  });

  it("another address has a count of its own; of IPv6 the /64 network is one", async () => {
    const address = newAddress();
    await fail(address, LIMIT + 1);
    await assertLimited(address);
    assertEquals(await fail(newAddress(), 1), { 401: 1 });
    // What the client writes before the proxy's own value changes nothing.
    await assertLimited(`198.51.100.1, ${address}`);
    await fail("2001:db8:1:2::1", LIMIT / 2);
    await fail("2001:db8:1:2:ffff::7", LIMIT / 2);
    await assertLimited("2001:db8:1:2:a:b:c:d");
    assertEquals(await fail("2001:db8:1:3::1", 1), { 401: 1 });
  });

  it("without TRUST_PROXY the connection's address counts, whatever a header says", async () => {
    await using direct = await startHarness({ environment: { TRUST_PROXY: "false" } });
    for (let failure = 0; failure < LIMIT; failure++) {
      assertUnauthorized(await direct.call({ path: ME }));
    }
    assertTooManyFailures(await direct.call({ path: ME }));
    const { key } = (await direct.makeAccount()).key;
    assertEquals((await direct.call({ path: ME, key })).status, 200);
  });
});

function assertTooManyFailures(answer: ApiAnswer): void {
  assertApiError(answer, { status: 429, code: "rate_limited", retryable: true });
  const retryAfter = answer.headers.get("retry-after") ?? "";
  assertMatch(retryAfter, /^[1-9][0-9]?$/);
  assert(Number(retryAfter) <= 60, retryAfter);
  for (const name of ["x-ratelimit-limit", "x-ratelimit-remaining", "www-authenticate"]) {
    assertEquals([name, answer.headers.get(name)], [name, null]);
  }
}
