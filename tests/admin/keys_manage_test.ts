/**
 * `/keys` and `/keys/{id}` without scripts: what they say about a key, changes that hold from the next request of every
 * instance, revoking, and that neither another account's nor the other mode's keys can be reached.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type AdminClient, signIn } from "@/tests/helpers/admin_client.ts";
import { assertApiError, callApi } from "@/tests/helpers/api_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { startServerProcess } from "@/tests/helpers/server_process.ts";
import { checkedValues, createKey, KEY_TEXT, readText, type ShownKey } from "./key_pages.ts";

const EDITED = { name: "Renamed", preset: "custom", scopes: "messages:read", rate_limit: "7" };

describe("Managing API keys", () => {
  let harness: Harness;
  let admin: AdminClient;
  beforeAll(async () => {
    harness = await startHarness();
    admin = await signIn(harness);
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  const callMe = (key: ShownKey) => harness.call({ path: "/api/v1/me", key: key.text });
  const read = async (path: string): Promise<string> => {
    const page = await admin.get(path);
    assertEquals(page.status, 200, path);
    return readText(page.text);
  };
  const readAudit = async (id: string) => {
    const rows = await harness.query<{ action: string; details: unknown; mode: string }>(
      `select action, details, mode from audit_log
       where account_id = $1 and target_id = $2 and user_id = $3 order by created_at, id`,
      [admin.account.id, id, admin.user.id],
    );
    return rows;
  };

  it("GET /keys of a new account has one button and says what a key is for", async () => {
    const account = await harness.makeAccount();
    await harness.query("delete from rate_limit_states where true");
    await harness.query("delete from api_keys where account_id = $1", [account.id]);
    const newcomer = await signIn(harness, { account });
    const page = await newcomer.get("/keys");
    assertStringIncludes(readText(page.text), "Create your first key");
    assertEquals(page.text.match(/href="\/keys\/new"/g)?.length, 1);
    assertEquals(page.text.includes("<table"), false);
  });

  it("GET /keys shows each key in words: permissions, who made it, last use, expiry, state", async () => {
    const used = await createKey(admin, { fields: { name: "In use", preset: "read" } });
    await callMe(used);
    await createKey(admin, { fields: { name: "Ends soon", expiry: "custom", expiry_days: "3" } });
    const expired = await createKey(admin, { fields: { name: "Past its time" } });
    await harness.query("update api_keys set expires_at = now() where id = $1", [expired.id]);
    const text = await read("/keys");
    const line = (name: string) => text.split(name)[1]?.slice(0, 400) ?? "";
    for (
      const part of ["Read only", "Active", "just now", admin.user.email, used.text.slice(0, 19)]
    ) assertStringIncludes(line("In use"), part);
    for (const part of ["Send only", "Expires soon", "Never"]) {
      assertStringIncludes(line("Ends soon"), part);
    }
    assertStringIncludes(line("Past its time"), "Expired");
    // The keys of the command line.
    assertStringIncludes(line("test key"), "Command line");
  });

  it("GET /keys/{id} says what the key can and cannot do", async () => {
    const { id } = await createKey(admin, { fields: { unlimited: "on" } });
    const text = await read(`/keys/${id}`);
    assertStringIncludes(text, "This key can send messages to any number");
    assertStringIncludes(text, "This key cannot read messages");
    assertStringIncludes(text, "No limit");
    assertStringIncludes(text, "Waiting for the first request…");
  });

  it("GET /keys/{id} shows the latest requests and stops waiting once there is one", async () => {
    const key = await createKey(admin);
    await callMe(key);
    await harness.call({ path: "/api/v1/messages", key: key.text });
    let text = "";
    // The request log is written a little later than the answers.
    for (const deadline = Date.now() + 10_000; Date.now() < deadline;) {
      text = await read(`/keys/${key.id}`);
      if (text.includes("/api/v1/messages")) break;
    }
    assertStringIncludes(text, "GET /api/v1/me");
    assertStringIncludes(text, "403 forbidden");
    assertEquals(text.includes("Waiting for the first request"), false);
    assertStringIncludes(await read(`/keys/${key.id}/revoke`), "It was last used just now for GET");
  });

  it("POST /keys/{id}/edit changes name, permissions and limit from the next request", async () => {
    const key = await createKey(admin);
    const form = await admin.get(`/keys/${key.id}/edit`);
    assertEquals(checkedValues(form.text), ["send", "messages:send"]);
    const saved = await admin.post(`/keys/${key.id}/edit`, EDITED);
    assertEquals([saved.status, saved.location], [303, `/keys/${key.id}`]);
    assertStringIncludes(await read(`/keys/${key.id}`), "Saved: it holds from the next request.");
    const me = await callMe(key);
    assertEquals(
      [me.json.data.key.name, me.json.data.key.scopes, me.headers.get("x-ratelimit-limit")],
      ["Renamed", ["messages:read"], "7"],
    );
    const refused = await harness.call({
      path: "/api/v1/messages",
      key: key.text,
      body: { to: "+14155550123", text: "Hello" },
    });
    assertApiError(refused, { status: 403, code: "forbidden", retryable: false });
    assertEquals((await readAudit(key.id)).map((entry) => entry.action), [
      "api_key.created",
      "api_key.renamed",
      "api_key.scopes_changed",
      "api_key.rate_limit_changed",
    ]);
    await admin.post(`/keys/${key.id}/edit`, EDITED);
    assertEquals((await readAudit(key.id)).length, 4, "A form saved as it was is no change");
  });

  it("POST /keys/{id}/edit 422 keeps what was typed and changes nothing", async () => {
    const key = await createKey(admin);
    const answer = await admin.post(`/keys/${key.id}/edit`, {
      ...EDITED,
      name: "",
      rate_limit: "x",
    });
    assertEquals(answer.status, 422);
    assertStringIncludes(readText(answer.text), "2 things need your attention");
    assertEquals(checkedValues(answer.text), ["custom", "messages:read"]);
    assertEquals((await callMe(key)).json.data.key.name, "Shop backend");
  });

  it("create, use, revoke: the next request is answered 401, and the key stays as history", async () => {
    const key = await createKey(admin, { fields: { name: "Short-lived" } });
    assertEquals((await callMe(key)).status, 200);
    const asked = await read(`/keys/${key.id}/revoke`);
    assertStringIncludes(asked, "It was last used just now");
    assertEquals((await callMe(key)).status, 200, "Asking revokes nothing");
    const revoked = await admin.post(`/keys/${key.id}/revoke`);
    assertEquals([revoked.status, revoked.location], [303, `/keys/${key.id}`]);
    assertApiError(await callMe(key), { status: 401, code: "unauthorized" });
    const details = await read(`/keys/${key.id}`);
    assertStringIncludes(details, "“Short-lived” is revoked");
    assertStringIncludes(details, `by ${admin.user.email}`);
    assertEquals((await read("/keys")).includes("Short-lived"), false);
    assertStringIncludes(await read("/keys?show=revoked"), "Short-lived");
    const [, entry] = await readAudit(key.id);
    assertEquals(entry, {
      action: "api_key.revoked",
      details: { name: "Short-lived" },
      mode: "live",
    });
  });

  it("a key that was never used says so before it is revoked", async () => {
    const { id } = await createKey(admin);
    assertStringIncludes(await read(`/keys/${id}/revoke`), "It was never used.");
  });

  it("a key that has ended can be neither edited nor revoked again", async () => {
    const key = await createKey(admin);
    await admin.post(`/keys/${key.id}/revoke`);
    for (const action of ["edit", "revoke"]) {
      const path = `/keys/${key.id}/${action}`;
      for (const answer of [await admin.get(path), await admin.post(path, EDITED)]) {
        assertEquals([answer.status, answer.location], [303, `/keys/${key.id}`]);
      }
    }
    assertEquals((await readAudit(key.id)).length, 2);
    const page = await admin.get(`/keys/${key.id}`);
    for (const action of ["edit", "rotate", "revoke"]) {
      assertEquals(page.text.includes(`/keys/${key.id}/${action}`), false, action);
    }
  });

  it("another account's key, the other mode's and an unknown one are 404 and stay as they are", async () => {
    const key = await createKey(admin);
    const stranger = await signIn(harness);
    const tries: [AdminClient, string][] = [
      [stranger, ""],
      [stranger, "?mode=test"],
      [admin, "?mode=test"],
    ];
    for (const [client, query] of tries) {
      for (const action of ["", "/edit", "/rotate", "/revoke", "/first-request"]) {
        const path = `/keys/${key.id}${action}${query}`;
        assertEquals((await client.get(path)).status, 404, path);
      }
      for (const action of ["/edit", "/rotate", "/revoke"]) {
        const path = `/keys/${key.id}${action}${query}`;
        assertEquals((await client.post(path, { ...EDITED, overlap: "now" })).status, 404, path);
      }
      assertEquals((await client.get(`/keys${query}`)).text.includes(key.id), false);
    }
    for (const id of ["nonsense", crypto.randomUUID(), "%00"]) {
      assertEquals((await admin.get(`/keys/${id}`)).status, 404, id);
      assertEquals((await admin.post(`/keys/${id}/revoke`)).status, 404, id);
    }
    const me = await callMe(key);
    assertEquals([me.status, me.json.data.key.name], [200, "Shop backend"]);
  });

  it("test mode makes test keys, which live pages do not know, and keeps the mode in every link", async () => {
    const key = await createKey(admin, { mode: "test", fields: { name: "Sandbox key" } });
    assert(key.text.startsWith("wacrm_test_"));
    assertEquals((await callMe(key)).json.data.account, {
      id: admin.account.testId,
      name: "Test account",
      mode: "test",
    });
    assertStringIncludes(await read("/keys?mode=test"), "Sandbox key");
    assertEquals((await read("/keys")).includes("Sandbox key"), false);
    const page = await admin.get(`/keys/${key.id}?mode=test`);
    for (const [, href = ""] of page.text.matchAll(/(?:href|action)="(\/keys[^"]*)"/g)) {
      // The switch to live mode leads to the list of live keys.
      if (href !== "/keys") assertStringIncludes(href, "mode=test");
    }
    await admin.post(`/keys/${key.id}/revoke?mode=test`);
    assertApiError(await callMe(key), { status: 401, code: "unauthorized" });
    assertEquals((await readAudit(key.id)).map((entry) => entry.mode), ["test", "test"]);
  });

  it("a form of one mode sent to the other is refused and makes nothing", async () => {
    const key = await createKey(admin);
    const answer = await admin.post(`/keys/${key.id}/revoke`, { mode: "test" });
    assertEquals(answer.status, 400);
    assertEquals((await callMe(key)).status, 200);
  });

  it("forms of other sites are refused", async () => {
    const key = await createKey(admin);
    const options = { headers: { "sec-fetch-site": "cross-site", origin: "https://evil.example" } };
    for (const action of ["new", `${key.id}/edit`, `${key.id}/rotate`, `${key.id}/revoke`]) {
      const answer = await admin.post(`/keys/${action}`, { ...EDITED, overlap: "now" }, options);
      assertEquals([answer.status, KEY_TEXT.test(answer.text)], [403, false], action);
    }
    assertEquals((await callMe(key)).json.data.key.name, "Shop backend");
  });

  it("changes and revocation hold at once on another instance", async () => {
    if (harness.kind === "embedded") return;
    await using second = await startServerProcess(harness.environment());
    const key = await createKey(admin);
    const callSecond = () => callApi(second.baseUrl, { path: "/api/v1/me", key: key.text });
    assertEquals((await callSecond()).json.data.key.scopes, ["messages:send"]);
    await admin.post(`/keys/${key.id}/edit`, EDITED);
    assertEquals((await callSecond()).json.data.key.scopes, ["messages:read"]);
    await admin.post(`/keys/${key.id}/revoke`);
    assertApiError(await callSecond(), { status: 401, code: "unauthorized" });
  });
});
