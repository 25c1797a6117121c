/** Which keys open the API, and that the others do not: what is refused, on which ground, and at what cost. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { makeKey } from "@/lib/keys/key_format.ts";
import { type ApiAnswer, assertApiError } from "@/tests/helpers/api_client.ts";
import { mistypedKey, unknownKey } from "@/tests/helpers/bad_keys.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { assertUnauthorized } from "@/tests/helpers/route_contract.ts";
import { postMessage, receivedFrom, TEXT_BODY } from "@/tests/helpers/sends.ts";

describe("authentication", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  function callMe(authorization?: string): Promise<ApiAnswer> {
    return harness.call({
      path: "/api/v1/me",
      headers: authorization === undefined ? {} : { authorization },
    });
  }

  // From a good key to a header that must be refused.
  const refused: [string, (key: string) => string][] = [
    ["an empty value", () => ""],
    ["the scheme alone", () => "Bearer"],
    ["the key without a scheme", (key) => key],
    ["the scheme Basic", (key) => `Basic ${btoa(`${key}:`)}`],
    ["the scheme Token", (key) => `Token ${key}`],
    ["a scheme that only begins with Bearer", (key) => `Bearerx ${key}`],
    ["no space before the key", (key) => `Bearer${key}`],
    ["quotes around the key", (key) => `Bearer "${key}"`],
    ["something after the key", (key) => `Bearer ${key} x`],
    ["two keys", (key) => `Bearer ${key}, Bearer ${key}`],
    ["a mistyped key", (key) => `Bearer ${mistypedKey(key)}`],
    ["a key without its last character", (key) => `Bearer ${key.slice(0, -1)}`],
    ["a key with one character more", (key) => `Bearer ${key}0`],
    ["the display prefix", (key) => `Bearer ${key.slice(0, 19)}`],
    ["a live key renamed to test", (key) => `Bearer ${key.replace("_live_", "_test_")}`],
    ["a key in upper case", (key) => `Bearer ${key.toUpperCase()}`],
    ["the hash of the key", (key) => `Bearer ${sha256(key)}`],
    ["an unknown live key", () => `Bearer ${unknownKey("live")}`],
    ["an unknown test key", () => `Bearer ${unknownKey("test")}`],
    ["10,000 characters", () => `Bearer ${"a".repeat(10_000)}`],
  ];
  for (const [what, makeHeader] of refused) {
    it(`GET /api/v1/me 401 refuses ${what}`, async () => {
      const { key } = await harness.makeAccount();
      assertUnauthorized(await callMe(makeHeader(key.key)));
    });
  }

  for (const scheme of ["Bearer", "bearer", "BEARER"]) {
    it(`GET /api/v1/me 200 takes the scheme as "${scheme}"`, async () => {
      const { key } = await harness.makeAccount();
      const answer = await callMe(`${scheme} ${key.key}`);
      assertEquals(answer.status, 200, answer.text);
    });
  }

  it("GET /api/v1/me 401 takes a key from nowhere but the Authorization header", async () => {
    const { key } = await harness.makeAccount();
    const answer = await harness.call({
      path: `/api/v1/me?api_key=${key.key}&access_token=${key.key}`,
      headers: { "x-api-key": key.key, cookie: `key=${key.key}` },
    });
    assertUnauthorized(answer);
  });

  it("GET /api/v1/me 401 does not tell an unknown key from another account's revoked one", async () => {
    const account = await harness.makeAccount();
    await harness.query("update api_keys set revoked_at = now() where id = $1", [account.key.id]);
    const revoked = await callMe(`Bearer ${account.key.key}`);
    assertUnauthorized(revoked);
    assertEquals(JSON.stringify(revoked.json).includes(account.id), false);
  });

  it("GET /api/v1/me 401 refuses a malformed key without a look-up in the database", async () => {
    const { key } = await harness.makeAccount();
    // Without the function, every look-up fails: what is answered 401 cannot have asked the database.
    await harness.query(
      "alter function authorize_keys(bytea[], integer[], integer) rename to authorize_keys_away",
    );
    try {
      const asked = await callMe(`Bearer ${key.key}`);
      assertApiError(asked, { status: 500, code: "internal", retryable: false });
      assertUnauthorized(await callMe(undefined));
      assertUnauthorized(await callMe(`Bearer ${mistypedKey(key.key)}`));
      assertUnauthorized(await callMe(`Bearer ${key.key.replace("_live_", "_test_")}`));
      assertUnauthorized(await callMe(`Bearer ${key.key.slice(0, -6)}000000`));
    } finally {
      await harness.query(
        "alter function authorize_keys_away(bytea[], integer[], integer) rename to authorize_keys",
      );
    }
    assertEquals((await callMe(`Bearer ${key.key}`)).status, 200);
  });

  for (
    const { mode, owner } of [{ mode: "live", owner: "test" }, { mode: "test", owner: "live" }]
  ) {
    it(`POST /api/v1/messages 401 refuses a ${mode} key that was planted in a ${owner} account`, async () => {
      const account = await harness.makeAccount();
      const accountId = owner === "test" ? account.testId : account.id;
      const key = makeKey(mode === "test" ? "test" : "live");
      await harness.query(
        `insert into api_keys (id, account_id, name, key_hash, prefix, scopes, rate_limit)
         values (gen_random_uuid(), $1, 'planted', decode($2, 'hex'), 'planted', '{messages:send}', 0)`,
        [accountId, sha256(key)],
      );
      const answer = await postMessage(harness.server.baseUrl, { key });
      assertUnauthorized(answer);
      const rows = await harness.query("select id from messages where account_id = $1", [
        accountId,
      ]);
      assertEquals(rows, []);
      assertEquals(receivedFrom(harness.simulator, account), []);
    });
  }

  it("POST /api/v1/messages 401 leaves no row and does not reach Meta", async () => {
    const account = await harness.makeAccount();
    const answer = await harness.call({
      path: "/api/v1/messages",
      key: mistypedKey(account.key.key),
      body: TEXT_BODY,
    });
    assertUnauthorized(answer);
    assertEquals(
      await harness.query("select id from contacts where account_id = $1", [account.id]),
      [],
    );
    assertEquals(receivedFrom(harness.simulator, account), []);
  });

  it("GET /api/v1/me 200 works with a key that expires later", async () => {
    const account = await harness.makeAccount();
    const key = await harness.makeKey({ accountId: account.id, expiresInDays: 365 });
    const answer = await callMe(`Bearer ${key.key}`);
    assertEquals(answer.status, 200);
    const daysLeft = (Date.parse(answer.json.data.key.expires_at) - Date.now()) / 86_400_000;
    assert(daysLeft > 364.9 && daysLeft <= 365, String(daysLeft));
  });

  it("GET /api/v1/me 200 writes last_used_at, at most once a minute", async () => {
    const { key } = await harness.makeAccount();
    const readLastUse = async () => {
      const [row] = await harness.query<{ at: string | null }>(
        "select last_used_at::text as at from api_keys where id = $1",
        [key.id],
      );
      return row?.at ?? null;
    };
    assertEquals(await readLastUse(), null);
    await callMe(`Bearer ${key.key}`);
    const first = await readLastUse();
    assertNotEquals(first, null);
    await callMe(`Bearer ${key.key}`);
    assertEquals(await readLastUse(), first);
    await harness.query(
      "update api_keys set last_used_at = last_used_at - interval '61 seconds' where id = $1",
      [key.id],
    );
    const old = await readLastUse();
    await callMe(`Bearer ${key.key}`);
    assertNotEquals(await readLastUse(), old);
  });

  it("a key is stored as its SHA-256 and a display prefix alone", async () => {
    const { key } = await harness.makeAccount();
    const [row] = await harness.query<{ all: string; hash: string; prefix: string }>(
      `select row_to_json(k)::text as all, encode(key_hash, 'hex') as hash, prefix
       from api_keys k where id = $1`,
      [key.id],
    );
    assertEquals(row?.hash, sha256(key.key));
    assertEquals(row?.prefix, key.key.slice(0, "wacrm_live_".length + 8));
    assertEquals(row?.all.includes(key.key.slice(0, "wacrm_live_".length + 9)), false);
  });
});

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
