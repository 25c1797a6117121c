/** Who a key is: `GET /api/v1/me`. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { routeContract } from "@/tests/helpers/route_contract.ts";

describe("GET /api/v1/me", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  routeContract({
    harness: () => harness,
    method: "GET",
    path: "/api/v1/me",
    scope: null,
    allow: "GET, HEAD, OPTIONS",
  });

  it("GET /api/v1/me 200 tells account, mode and key of a live key", async () => {
    const account = await harness.makeAccount();
    const key = await harness.makeKey({
      accountId: account.id,
      scopes: ["messages:send", "messages:read"],
      rateLimit: 7,
      expiresInDays: 30,
    });
    const answer = await harness.call({ path: "/api/v1/me", key: key.key });
    assertEquals(answer.status, 200);
    assertEquals(answer.headers.get("content-type"), "application/json");
    const expiresAt = answer.json.data.key.expires_at;
    assertMatch(expiresAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert(Date.parse(expiresAt) > Date.now() + 29 * 86_400_000);
    assertEquals(answer.json, {
      data: {
        account: { id: account.id, name: "Test account", mode: "live" },
        key: {
          id: key.id,
          name: "test key",
          prefix: key.prefix,
          scopes: ["messages:send", "messages:read"],
          expires_at: expiresAt,
          rate_limit: 7,
        },
      },
    });
    assertEquals(answer.text.includes(key.key), false);
  });

  it("GET /api/v1/me 200 tells a test key its twin account, no scopes and no expiry", async () => {
    const account = await harness.makeAccount();
    const key = await harness.makeKey({ accountId: account.testId, scopes: [] });
    const answer = await harness.call({ path: "/api/v1/me", key: key.key });
    assertEquals(answer.status, 200);
    assertEquals(answer.json.data, {
      account: { id: account.testId, name: "Test account", mode: "test" },
      key: {
        id: key.id,
        name: "test key",
        prefix: key.prefix,
        scopes: [],
        expires_at: null,
        rate_limit: 0,
      },
    });
  });

  it("GET /api/v1/me 200 works before WhatsApp is connected", async () => {
    const account = await harness.makeAccount({ connected: false });
    const answer = await harness.call({ path: "/api/v1/me", key: account.key.key });
    assertEquals(answer.status, 200);
    assertEquals(answer.json.data.account.id, account.id);
  });

  it("GET /api/v1/me 200 ignores a query", async () => {
    const account = await harness.makeAccount();
    const answer = await harness.call({ path: "/api/v1/me?limit=x&%zz", key: account.key.key });
    assertEquals(answer.status, 200);
  });
});
