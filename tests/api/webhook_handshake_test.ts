/** Meta's handshake with a callback URL, and what the people who wait for it are told. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals, assertMatch } from "@std/assert";
import type { ApiAnswer } from "@/tests/helpers/api_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { CALLBACK_PATH, integrationIdOf } from "@/tests/helpers/webhooks.ts";

interface HealthRow {
  last_handshake_ok: boolean | null;
  last_handshake_error: string | null;
}

const DIFFERS = "The verify token differs from the one that is stored here";
const NO_HANDSHAKE =
  'The request was not a handshake of Meta\'s: it needs hub.mode "subscribe", hub.verify_token and hub.challenge';

describe("handshake of Meta's callbacks", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  function shake(path: string, params: Record<string, string>): Promise<ApiAnswer> {
    const query = new URLSearchParams(
      Object.entries(params).map(([name, value]) => [`hub.${name}`, value]),
    );
    return harness.call({ path: `${path}?${query}` });
  }

  async function health(accountId: string): Promise<HealthRow[]> {
    return await harness.query<HealthRow>(
      "select last_handshake_ok, last_handshake_error from webhook_health where account_id = $1",
      [accountId],
    );
  }

  async function makeIntegration() {
    const account = await harness.makeAccount();
    const id = await integrationIdOf(harness, account.id);
    const right = { mode: "subscribe", verify_token: account.verifyToken, challenge: "1158201444" };
    return { account, id, path: `${CALLBACK_PATH}/${id}`, right };
  }

  it("GET of the integration's URL 200 gives the challenge as it is, in plain text", async () => {
    const { account, path, right } = await makeIntegration();
    const answer = await shake(path, right);
    assertEquals([answer.status, answer.text], [200, "1158201444"]);
    assertMatch(answer.headers.get("content-type") ?? "", /^text\/plain/);
    assertEquals(answer.headers.get("x-content-type-options"), "nosniff");
    assertEquals(await health(account.id), [
      { last_handshake_ok: true, last_handshake_error: null },
    ]);
  });

  it("GET of the integration's URL 200 works with the id in capitals", async () => {
    const { id, right } = await makeIntegration();
    const answer = await shake(`${CALLBACK_PATH}/${id.toUpperCase()}`, right);
    assertEquals([answer.status, answer.text], [200, "1158201444"]);
  });

  it("GET of the common URL 200 finds the integration by its token", async () => {
    const { account, right } = await makeIntegration();
    const other = await harness.makeAccount();
    const answer = await shake(CALLBACK_PATH, right);
    assertEquals([answer.status, answer.text], [200, "1158201444"]);
    assertEquals(await health(account.id), [
      { last_handshake_ok: true, last_handshake_error: null },
    ]);
    assertEquals(await health(other.id), []);
  });

  it("GET of the common URL 200 is noted for every integration that has this token", async () => {
    const { account, right } = await makeIntegration();
    const { verifyToken } = account;
    const peer = await harness.makeAccount({ credentials: { verifyToken } });
    assertEquals((await shake(CALLBACK_PATH, right)).status, 200);
    assertEquals((await health(account.id))[0]?.last_handshake_ok, true);
    assertEquals((await health(peer.id))[0]?.last_handshake_ok, true);
  });

  it("GET of the integration's URL 403 refuses a wrong token and notes why", async () => {
    const { account, path, right } = await makeIntegration();
    const answer = await shake(path, { ...right, verify_token: "wrong" });
    assertEquals(answer.status, 403);
    assertEquals(answer.text.includes("1158201444"), false);
    assertEquals(await health(account.id), [
      { last_handshake_ok: false, last_handshake_error: DIFFERS },
    ]);
  });

  it("GET of the integration's URL 403 refuses the token of another integration", async () => {
    const { account, path, right } = await makeIntegration();
    const other = await harness.makeAccount();
    const answer = await shake(path, { ...right, verify_token: other.verifyToken });
    assertEquals(answer.status, 403);
    assertEquals((await health(account.id))[0]?.last_handshake_error, DIFFERS);
    assertEquals(await health(other.id), []);
  });

  it("GET of the common URL 403 refuses a token that is nobody's", async () => {
    const { account, right } = await makeIntegration();
    assertEquals((await shake(CALLBACK_PATH, { ...right, verify_token: "wrong" })).status, 403);
    assertEquals(await health(account.id), []);
  });

  for (const missing of ["mode", "verify_token", "challenge"]) {
    it(`GET of the integration's URL 403 refuses a request without hub.${missing} and says so`, async () => {
      const { account, path, right } = await makeIntegration();
      const params = Object.entries(right).filter(([name]) => name !== missing);
      assertEquals((await shake(path, Object.fromEntries(params))).status, 403);
      assertEquals(await health(account.id), [
        { last_handshake_ok: false, last_handshake_error: NO_HANDSHAKE },
      ]);
    });
  }

  it("GET of the integration's URL 403 refuses another mode", async () => {
    const { path, right } = await makeIntegration();
    assertEquals((await shake(path, { ...right, mode: "unsubscribe" })).status, 403);
  });

  for (const path of [CALLBACK_PATH, `${CALLBACK_PATH}/0198c0de-0000-7000-8000-000000000000`]) {
    it(`GET ${path} 403 without any parameter`, async () => {
      assertEquals((await harness.call({ path })).status, 403);
    });
  }

  it("GET of an id that is no id 403", async () => {
    const { right } = await makeIntegration();
    assertEquals((await shake(`${CALLBACK_PATH}/x'y`, right)).status, 403);
  });

  it("a handshake that succeeds takes the place of one that failed", async () => {
    const { account, path, right } = await makeIntegration();
    await shake(path, { ...right, verify_token: "wrong" });
    await shake(path, right);
    assertEquals(await health(account.id), [
      { last_handshake_ok: true, last_handshake_error: null },
    ]);
  });

  it("a disconnected integration answers 403 to its old token", async () => {
    const { account, path, right } = await makeIntegration();
    await harness.query(
      `update whatsapp_integrations
       set status = 'disconnected', phone_number_id = null, access_token = null, app_secret = null,
         verify_token = null
       where account_id = $1`,
      [account.id],
    );
    assertEquals((await shake(path, right)).status, 403);
  });

  it("other methods 405", async () => {
    const answer = await harness.call({ method: "PUT", path: CALLBACK_PATH, body: {} });
    assertEquals([answer.status, answer.headers.get("allow")], [405, "GET, HEAD, OPTIONS, POST"]);
  });
});
