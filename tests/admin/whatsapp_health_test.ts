/** The health of a connected number: red with its reason when the token dies, green with the first success. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type AdminClient, signIn } from "@/tests/helpers/admin_client.ts";
import type { ApiAnswer } from "@/tests/helpers/api_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { newPhone } from "@/tests/helpers/sends.ts";
import { readText } from "./key_pages.ts";
import {
  addNumber,
  auditOf,
  badgeOf,
  digits,
  findSecrets,
  makeConnected,
  makeNewcomer,
  textOf,
} from "./whatsapp_pages.ts";

interface Row {
  status: string;
  access_token: string | null;
  app_secret: string | null;
  verify_token: string | null;
  token_failed_at: string | null;
  token_failure: string | null;
}

describe("The health of a WhatsApp integration", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  const send = (key: string, to = newPhone()): Promise<ApiAnswer> =>
    harness.call({ path: "/api/v1/messages", key, body: { to, text: "Hello" } });
  const rowOf = async (accountId: string): Promise<Row> => {
    const [row] = await harness.query<Row>(
      `select status, access_token, app_secret, verify_token, token_failed_at, token_failure
       from whatsapp_integrations where account_id = $1`,
      [accountId],
    );
    assert(row !== undefined);
    return row;
  };
  const errorCodes = (admin: AdminClient) =>
    harness.query<{ code: number }>(
      "select (error ->> 'code')::int as code from messages where account_id = $1 and status = 'failed'",
      [admin.account.id],
    );

  it("code 190 turns it red with the reason, blocks no send, and the first success turns it green", async () => {
    const { admin, number } = await makeConnected(harness);
    const { key } = admin.account.key;
    assertEquals((await send(key)).status, 201);
    harness.simulator.addNumber({ ...number, accessToken: `EAAnew${digits()}` });
    assertEquals((await send(key)).json.error.details.meta.code, 190);
    const since = (await rowOf(admin.account.id)).token_failed_at;
    assert(since !== null);
    assertEquals(await badgeOf(admin), "Needs attention");
    assertMatch(await textOf(admin), /Access token Not working Refused since .*: The access token/);

    const before = harness.simulator.received().length;
    assertEquals((await send(key)).json.error.details.meta.code, 190);
    assertEquals(harness.simulator.received().length, before + 1);
    assertEquals((await rowOf(admin.account.id)).token_failed_at, since);

    harness.simulator.addNumber(number);
    assertEquals((await send(key)).status, 201);
    assertEquals((await rowOf(admin.account.id)).token_failed_at, null);
    assertEquals(await badgeOf(admin), "Setting up");
    assertEquals((await errorCodes(admin)).map(({ code }) => code), [190, 190]);
  });

  it("a check that finds the token dead turns it red, and a send that succeeds afterwards green", async () => {
    const { admin, number } = await makeConnected(harness);
    harness.simulator.addNumber({ ...number, accessToken: `EAAnew${digits()}` });
    await admin.post("/whatsapp/check");
    assertEquals(await badgeOf(admin), "Needs attention");
    assertMatch(await textOf(admin), /Meta refuses the token: .*\(code 190\)/);
    assertStringIncludes(await textOf(admin), "Not known: Meta refuses the access token");
    harness.simulator.addNumber(number);
    assertEquals((await send(admin.account.key.key)).status, 201);
    assertEquals(await badgeOf(admin), "Setting up");
    assertStringIncludes(await textOf(admin), "Meta has taken a message since the last check");
  });

  it("other errors of Meta do not touch it", async () => {
    const { admin } = await makeConnected(harness);
    assertEquals((await send(admin.account.key.key, "+15005550005")).json.error.code, "meta_error");
    assertEquals(await badgeOf(admin), "Setting up");
  });

  it("a new access token turns it green without the other secrets, if it opens the number", async () => {
    const { admin, number } = await makeConnected(harness);
    const fresh = `EAAhushfresh${digits()}`;
    harness.simulator.addNumber({ ...number, accessToken: fresh });
    await send(admin.account.key.key);
    const before = await rowOf(admin.account.id);
    const other = addNumber(harness);
    const path = "/whatsapp/secrets/access-token";
    for (
      const [value, reason] of [
        ["EAAhushwrong", /Meta refuses this token: .*\(code 190\)/],
        [other.accessToken, /This token does not open the connected number/],
        ["", /Put in the access token/],
        ["two words", /one word without spaces/],
      ] as const
    ) {
      const answer = await admin.post(path, { value });
      assertEquals(answer.status, 422, value);
      assertMatch(readText(answer.text), reason);
    }
    assertEquals(await rowOf(admin.account.id), before);
    assertEquals((await admin.post(path, { value: fresh })).location, "/whatsapp");
    const after = await rowOf(admin.account.id);
    assertEquals([after.token_failed_at, after.app_secret, after.verify_token], [
      null,
      before.app_secret,
      before.verify_token,
    ]);
    assert(after.access_token !== before.access_token);
    assertEquals(await badgeOf(admin), "Setting up");
    assertStringIncludes(await textOf(admin), `••••${fresh.slice(-4)} · set`);
    assertEquals((await auditOf(harness, admin)).at(-1), "whatsapp.token_changed");
    const secrets = [fresh, number.accessToken, number.appSecret, "EAAhushwrong"];
    assertEquals(await findSecrets(harness, { admin, secrets }), []);
  });

  it("a new app secret alone is taken, and signs from then on", async () => {
    const { admin } = await makeConnected(harness);
    const before = await rowOf(admin.account.id);
    const secret = `hushnewsecret${digits()}`;
    assertEquals(
      (await admin.post("/whatsapp/secrets/app-secret", { value: secret })).location,
      "/whatsapp",
    );
    const after = await rowOf(admin.account.id);
    assert(after.app_secret !== before.app_secret);
    assertEquals(after.access_token, before.access_token);
    assertEquals(await findSecrets(harness, { admin, secrets: [secret] }), []);
  });

  it("a page about a secret that does not exist is not found", async () => {
    const { admin } = await makeConnected(harness);
    assertEquals((await admin.get("/whatsapp/secrets/pin")).status, 404);
    assertEquals((await admin.post("/whatsapp/secrets/constructor", { value: "x" })).status, 404);
  });

  it("disconnecting asks first, deletes the secrets, and the number can be connected again", async () => {
    const newcomer = await makeConnected(harness);
    const { admin } = newcomer;
    assertMatch(
      await textOf(admin, "/whatsapp/disconnect"),
      /every send of this account is refused/,
    );
    assertEquals((await rowOf(admin.account.id)).status, "connected");
    assertEquals((await admin.post("/whatsapp/disconnect")).location, "/whatsapp");
    const { status, access_token, app_secret, verify_token } = await rowOf(admin.account.id);
    assertEquals([status, access_token, app_secret, verify_token], [
      "disconnected",
      null,
      null,
      null,
    ]);
    assertEquals(await badgeOf(admin), "Not connected");
    assertEquals((await send(admin.account.key.key)).json.error.code, "whatsapp_not_configured");
    assertEquals((await auditOf(harness, admin)).at(-1), "whatsapp.disconnected");
    assertEquals((await admin.get("/whatsapp/secrets/app-secret")).location, "/whatsapp");
  });

  it("a number connected on the command line has a page, with no secret on it", async () => {
    const admin = await signIn(harness);
    const { accessToken, appSecret, verifyToken } = admin.account;
    assertStringIncludes(await textOf(admin), "Meta was not asked about this number yet");
    assertEquals(await badgeOf(admin), "Setting up");
    await admin.post("/whatsapp/check");
    assertStringIncludes(await textOf(admin), "Registered for the Cloud API");
    const secrets = [accessToken, appSecret, verifyToken];
    assertEquals(await findSecrets(harness, { admin, secrets }), []);
  });

  it("another account's integration is neither seen nor changed", async () => {
    const mine = await makeConnected(harness, { displayPhoneNumber: "+1 555-010-1111" });
    const other = await makeNewcomer(harness);
    const before = await rowOf(mine.admin.account.id);
    assertEquals((await textOf(other.admin)).includes("555-010-1111"), false);
    await other.admin.post("/whatsapp/disconnect");
    await other.admin.post("/whatsapp/secrets/app-secret", { value: "hushofother" });
    await other.admin.post("/whatsapp/sending-only");
    assertEquals(await rowOf(mine.admin.account.id), before);
    assertEquals(await badgeOf(mine.admin), "Setting up");
  });

  it("test mode explains the sandbox, lists the magic recipients, and shows its own red", async () => {
    const { admin } = await makeConnected(harness);
    const text = await textOf(admin, "/whatsapp?mode=test");
    for (const part of ["Nothing leaves this server", "+15005550008", "+15005550018", "/reply"]) {
      assertStringIncludes(text, part);
    }
    const { key } = admin.account.testKey;
    assertEquals((await send(key, "+15005550008")).json.error.details.meta.code, 190);
    assertStringIncludes(
      await textOf(admin, "/whatsapp?mode=test"),
      "WhatsApp refuses the access token",
    );
    assertEquals(await badgeOf(admin), "Setting up");
    assertEquals((await send(key)).status, 201);
    assertEquals(
      (await textOf(admin, "/whatsapp?mode=test")).includes("refuses the access token"),
      false,
    );
  });
});
