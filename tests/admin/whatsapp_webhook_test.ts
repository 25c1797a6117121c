/** The step of the webhook: the line that waits for Meta, every reason it can fail for, and the way without one. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { LiveLines } from "@/islands/WhatsappLive.tsx";
import type { AdminClient } from "@/tests/helpers/admin_client.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { bodyOf, postCallback } from "@/tests/helpers/webhooks.ts";
import { readText } from "./key_pages.ts";
import { auditOf, badgeOf, makeConnected, textOf, webhookOf } from "./whatsapp_pages.ts";

describe("The step of the webhook", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  const shake = (path: string, params: Record<string, string>) =>
    harness.call({
      path: `${path}?${new URLSearchParams(
        Object.entries({ mode: "subscribe", challenge: "1158201444", ...params })
          .map(([name, value]) => [`hub.${name}`, value]),
      )}`,
    });
  const statusOf = async (admin: AdminClient): Promise<LiveLines> =>
    JSON.parse((await admin.get("/whatsapp/webhook-status")).text);

  it("waits for Meta, and turns green when the token matches", async () => {
    const { admin } = await makeConnected(harness);
    assertEquals(await statusOf(admin), {
      lines: [{ state: "waiting", text: "Waiting for Meta…", fix: null }],
      done: false,
    });
    const { path, verifyToken } = await webhookOf(admin);
    const answer = await shake(path, { verify_token: verifyToken ?? "" });
    assertEquals([answer.status, answer.text], [200, "1158201444"]);
    const { lines: [line], done } = await statusOf(admin);
    assertEquals([line?.state, done], ["good", true]);
    assertMatch(line?.text ?? "", /^Received \d\d:\d\d:\d\d UTC, token matched$/);
    assertStringIncludes(await textOf(admin), "token matched");
  });

  it("shows the verify token until Meta has used it, and not again", async () => {
    const { admin } = await makeConnected(harness);
    const { path, verifyToken } = await webhookOf(admin);
    assert(verifyToken !== null);
    assertEquals((await webhookOf(admin)).verifyToken, verifyToken);
    await shake(path, { verify_token: verifyToken });
    assertEquals((await webhookOf(admin)).verifyToken, null);
    assertStringIncludes(await textOf(admin), `ends in ${verifyToken.slice(-4)}`);
  });

  for (
    const [title, params, reason] of [
      [
        "a wrong token",
        { verify_token: "wrong" },
        /The verify token differs from the one that is stored here/,
      ],
      ["a request that is no handshake", { verify_token: "x", mode: "x" }, /was not a handshake/],
    ] as const
  ) {
    it(`says why it failed: ${title}; a right one mends it`, async () => {
      const { admin } = await makeConnected(harness);
      const { path, verifyToken } = await webhookOf(admin);
      assertEquals((await shake(path, params)).status, 403);
      const { lines: [line], done } = await statusOf(admin);
      assertEquals([line?.state, done], ["bad", false]);
      assertMatch(line?.text ?? "", /^Received \d\d:\d\d:\d\d UTC: /);
      assertMatch(line?.text ?? "", reason);
      assertStringIncludes(line?.fix ?? "", "Copy the verify token");
      assertMatch(await textOf(admin), reason);
      await shake(path, { verify_token: verifyToken ?? "" });
      assertEquals((await statusOf(admin)).done, true);
    });
  }

  it("waits anew after the verify token was changed, and refuses the old one", async () => {
    const { admin } = await makeConnected(harness);
    const first = await webhookOf(admin);
    await shake(first.path, { verify_token: first.verifyToken ?? "" });
    const answer = await admin.post("/whatsapp/secrets/verify-token", { value: "" });
    assertEquals(answer.location, "/whatsapp");
    const second = await webhookOf(admin);
    assertEquals(second.path, first.path);
    assert(second.verifyToken !== null && second.verifyToken !== first.verifyToken);
    assertEquals((await statusOf(admin)).lines[0]?.state, "waiting");
    assertEquals((await shake(first.path, { verify_token: first.verifyToken ?? "" })).status, 403);
    assertEquals((await shake(second.path, { verify_token: second.verifyToken })).status, 200);
    assertEquals((await auditOf(harness, admin)).at(-1), "whatsapp.verify_token_changed");
  });

  it("takes a verify token of one's own, which is never shown", async () => {
    const { admin } = await makeConnected(harness);
    const { path } = await webhookOf(admin);
    await admin.post("/whatsapp/secrets/verify-token", { value: "hush-my-own-word" });
    const { text } = await admin.get("/whatsapp");
    assertEquals(text.includes("hush-my-own-word"), false);
    assertStringIncludes(readText(text), "ends in word; it is not shown again");
    assertEquals((await shake(path, { verify_token: "hush-my-own-word" })).status, 200);
  });

  it("an event that is signed with another app secret is told, and a right one ends it", async () => {
    const { admin, number } = await makeConnected(harness);
    const { path } = await webhookOf(admin);
    await admin.post("/whatsapp/sending-only");
    const post = (secret: string) =>
      postCallback(harness.server.baseUrl, bodyOf(), { secret, path });
    assertEquals((await post("another")).status, 401);
    await eventually(async () => (await textOf(admin)).includes("the signature was not made with"));
    assertEquals(await badgeOf(admin), "Needs attention");
    assertEquals((await post(number.appSecret)).status, 200);
    await eventually(async () => (await textOf(admin)).includes("Last event received"));
    assertEquals(await badgeOf(admin), "Sending only");
  });

  it("without a public address says so, and the set-up ends as sending only", async () => {
    const { admin } = await makeConnected(harness);
    const text = await textOf(admin);
    assertStringIncludes(text, "Meta cannot reach this server yet");
    assertMatch(text, /APP_URL .*reverse proxy.*tunnel/);
    const answer = await admin.post("/whatsapp/sending-only");
    assertEquals([answer.status, answer.location], [303, "/whatsapp"]);
    assertEquals(await badgeOf(admin), "Sending only");
    const after = await textOf(admin);
    assertStringIncludes(after, "Health");
    assertEquals(after.includes("Finish without a webhook"), false);
    assertEquals((await auditOf(harness, admin)).at(-1), "whatsapp.sending_only");
  });

  it("tells nobody else how far it has come", async () => {
    const { admin } = await makeConnected(harness);
    const other = await makeConnected(harness);
    const { path, verifyToken } = await webhookOf(admin);
    await shake(path, { verify_token: verifyToken ?? "" });
    assertEquals((await statusOf(other.admin)).lines[0]?.state, "waiting");
    const answer = await harness.call({ path: "/whatsapp/webhook-status" });
    assertEquals(answer.status, 303);
  });
});
