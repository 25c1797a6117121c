/**
 * `/keys/{id}/rotate` without scripts: both keys work until the chosen time, the new one is shown once, and the pages
 * of both say how long is left and whether the old one is still used.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type AdminClient, signIn } from "@/tests/helpers/admin_client.ts";
import { assertApiError } from "@/tests/helpers/api_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { createKey, KEY_TEXT, readShownKey, readText, type ShownKey } from "./key_pages.ts";

describe("Rotating an API key", () => {
  let harness: Harness;
  let admin: AdminClient;
  beforeAll(async () => {
    harness = await startHarness();
    admin = await signIn(harness);
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  const callMe = (key: ShownKey) => harness.call({ path: "/api/v1/me", key: key.text });
  const rotate = async (key: ShownKey, overlap: string): Promise<ShownKey> =>
    readShownKey(await admin.post(`/keys/${key.id}/rotate`, { overlap }));
  const read = async (path: string) => readText((await admin.get(path)).text);
  const secondsLeft = async (key: ShownKey): Promise<number | null> => {
    const [row] = await harness.query<{ seconds: number | null }>(
      "select extract(epoch from expires_at - now())::float8 as seconds from api_keys where id = $1",
      [key.id],
    );
    assert(row !== undefined);
    return row.seconds;
  };

  it("both keys work, and the old one ends by its time", async () => {
    const old = await createKey(admin, { fields: { preset: "read", rate_limit: "33" } });
    const renewed = await rotate(old, "1h");
    for (const key of [old, renewed]) {
      const me = await callMe(key);
      assertEquals([me.status, me.json.data.key.id], [200, key.id]);
      assertEquals(me.json.data.key.scopes, [
        "messages:read",
        "contacts:read",
        "conversations:read",
      ]);
      assertEquals(me.json.data.key.rate_limit, 33);
    }
    const seconds = await secondsLeft(old);
    assert(seconds !== null && seconds > 3_500 && seconds <= 3_600, String(seconds));
    assertEquals(await secondsLeft(renewed), null);
    await harness.query("update api_keys set expires_at = now() where id = $1", [old.id]);
    assertApiError(await callMe(old), { status: 401, code: "unauthorized" });
    assertEquals((await callMe(renewed)).status, 200);
    assertEquals((await read("/keys")).includes(old.text.slice(0, 19)), false);
    assertStringIncludes(await read("/keys?show=revoked"), old.text.slice(0, 19));
  });

  it("each choice ends the old key when it says", async () => {
    for (const [overlap, seconds] of [["24h", 86_400], ["7d", 604_800]] as const) {
      const old = await createKey(admin);
      await rotate(old, overlap);
      const left = await secondsLeft(old);
      assert(left !== null && left > seconds - 60 && left <= seconds, `${overlap}: ${left}`);
    }
    const leaked = await createKey(admin);
    const renewed = await rotate(leaked, "now");
    assertApiError(await callMe(leaked), { status: 401, code: "unauthorized" });
    assertEquals((await callMe(renewed)).status, 200);
    assertStringIncludes(readText(renewed.html), "The old key is revoked.");
  });

  it("the pages of both keys say how long the old one works and whether it is still used", async () => {
    const old = await createKey(admin);
    const renewed = await rotate(old, "24h");
    const quiet = await read(`/keys/${old.id}`);
    assertStringIncludes(quiet, "Being replaced");
    assertMatch(quiet, /Time left: (1 d 0 h 0 min|23 h 59 min)/);
    assertStringIncludes(quiet, "It was not used since it was replaced");
    await callMe(old);
    assertStringIncludes(await read(`/keys/${old.id}`), "Something still uses it");
    const page = await admin.get(`/keys/${renewed.id}`);
    assertStringIncludes(readText(page.text), "It is still used, last just now");
    assertStringIncludes(page.text, `href="/keys/${old.id}"`);
    await admin.post(`/keys/${old.id}/revoke`);
    assertEquals((await read(`/keys/${renewed.id}`)).includes("still works"), false);
  });

  it("a form sent again makes no further key and does not show the new one", async () => {
    const old = await createKey(admin);
    const renewed = await rotate(old, "24h");
    for (const overlap of ["24h", "now"]) {
      const again = await admin.post(`/keys/${old.id}/rotate`, { overlap });
      assertEquals([again.status, KEY_TEXT.test(again.text)], [200, false]);
      assertStringIncludes(readText(again.text), "This key was already created");
      assertStringIncludes(again.text, `/keys/${renewed.id}`);
    }
    assertEquals((await callMe(old)).status, 200, "The second form changed the old key");
    const form = await admin.get(`/keys/${old.id}/rotate`);
    assertEquals([form.status, form.location], [303, `/keys/${old.id}`]);
  });

  it("five forms at once make one key", async () => {
    const old = await createKey(admin);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => admin.post(`/keys/${old.id}/rotate`, { overlap: "1h" })),
    );
    assertEquals(answers.map((answer) => answer.status), [200, 200, 200, 200, 200]);
    assertEquals(answers.filter((answer) => KEY_TEXT.test(answer.text)).length, 1);
  });

  it("a key that has ended cannot be rotated, and no choice is a 422", async () => {
    const ended = await createKey(admin);
    await admin.post(`/keys/${ended.id}/revoke`);
    const answer = await admin.post(`/keys/${ended.id}/rotate`, { overlap: "24h" });
    assertEquals([answer.status, answer.location], [303, `/keys/${ended.id}`]);
    const key = await createKey(admin);
    for (const fields of [{}, { overlap: "8d" }]) {
      const refused = await admin.post(`/keys/${key.id}/rotate`, fields);
      assertEquals(refused.status, 422);
      assertStringIncludes(readText(refused.text), "Choose how long the old key goes on working");
    }
  });

  it("the new key's text is in no page and not in the audit log afterwards", async () => {
    const old = await createKey(admin);
    const { id, text } = await rotate(old, "7d");
    const secret = text.slice("wacrm_live_".length + 8);
    for (const path of ["/keys", `/keys/${id}`, `/keys/${old.id}`]) {
      assertEquals((await admin.get(path)).text.includes(secret), false, path);
    }
    const entries = await harness.query<{ action: string; details: unknown }>(
      "select action, details from audit_log where target_id = $1 order by created_at, id",
      [old.id],
    );
    assertEquals(entries.at(-1), {
      action: "api_key.rotated",
      details: { name: "Shop backend", overlap: "7d", successor: id },
    });
  });
});
