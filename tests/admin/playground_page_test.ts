/** The playground's page as a browser without scripts gets it, and what its scripts ask of the server. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { maskRecipient } from "@/lib/phone.ts";
import { type AdminClient, openPages, signIn } from "@/tests/helpers/admin_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { messageRows, onlyMessage, receivedFrom } from "@/tests/helpers/sends.ts";
import { hiddenField, sendForm } from "./playground_pages.ts";

const TO = "+14155550123";
const NASTY = `</textarea></script><script>alert(1)</script>"'&amp;`;
const NASTY_SAFE = "&lt;script>alert(1)";

describe("/playground", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  it("sends a form without a script and shows the answer, its headers and its message", async () => {
    const admin = await signIn(harness);
    const page = await admin.get("/playground");
    assertEquals(page.status, 200);
    assertStringIncludes(page.text, "Send to WhatsApp");
    const sent = await admin.post("/playground", {
      to: TO,
      text: "Hello there",
      send_key: hiddenField(page.text, "send_key"),
    });
    assertEquals(sent.status, 200);
    const message = await onlyMessage(harness, admin.account.id);
    assertEquals(message.status, "sent");
    for (
      const part of ["201 Created", message.id, message.wamid ?? "", "x-request-id: "]
    ) assertStringIncludes(sent.text, part);
    assertStringIncludes(sent.text, `href="/messages/${message.id}"`);
    // What was sent stays in the form.
    assertStringIncludes(sent.text, `value="${TO}"`);
    assertMatch(sent.text, /<textarea[^>]*>Hello there<\/textarea>/);
    assertEquals(sent.headers.get("cache-control"), "no-store");
  });

  it("keeps a form that is sent twice one message, and gives the next one another key", async () => {
    const admin = await signIn(harness);
    const sendKey = hiddenField((await admin.get("/playground")).text, "send_key");
    const fields = { to: TO, text: "Once", send_key: sendKey };
    const [first, second] = await Promise.all([
      admin.post("/playground", fields),
      admin.post("/playground", fields),
    ]);
    const third = await admin.post("/playground", fields);
    assertStringIncludes(third.text, "idempotent-replayed: true");
    assertEquals((await messageRows(harness, admin.account.id)).length, 1);
    const keys = [first, second, third].map(({ text }) => hiddenField(text, "send_key"));
    assertEquals(new Set([sendKey, ...keys]).size, 4);
    await admin.post("/playground", { ...fields, send_key: keys[2] ?? "" });
    assertEquals((await messageRows(harness, admin.account.id)).length, 2);
  });

  it("shows a refusal at the fields that it is about, with what to do", async () => {
    const admin = await signIn(harness);
    const sent = await admin.post("/playground", {
      type: "template",
      to: "0151 1234",
      template_name: "",
      body_name: ["", ""],
      body_value: ["x", "v".repeat(32_769)],
    });
    assertStringIncludes(sent.text, "400 Bad Request");
    assertStringIncludes(sent.text, 'href="/docs/errors#bad_request"');
    for (const field of ["to", "template_name", "body_value_1"]) {
      assertStringIncludes(sent.text, `id="field-${field}-error"`);
    }
    assert(!sent.text.includes('id="field-body_value_0-error"'));
    assertEquals(await messageRows(harness, admin.account.id), []);
  });

  it("shows Meta's refusal with its hint", async () => {
    const admin = await signIn(harness);
    const sent = await admin.post("/playground?mode=test", { to: "+15005550001", text: "x" });
    assertStringIncludes(sent.text, "502 Bad Gateway");
    const message = await onlyMessage(harness, admin.account.testId);
    assert(message.error !== null);
    const hint = message.error.hint.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
    assertStringIncludes(sent.text, hint.slice(0, 40));
    assertStringIncludes(sent.text, `href="/messages/${message.id}?mode=test"`);
  });

  it("sends test-mode messages from the test twin alone, and says so at the button", async () => {
    const admin = await signIn(harness);
    const page = await admin.get("/playground?mode=test");
    assertStringIncludes(page.text, "Send in test mode");
    assert(!page.text.includes("Send to WhatsApp"));
    assertStringIncludes(page.text, "+15005550001");
    await admin.post("/playground?mode=test", { to: TO, text: "x" });
    assertEquals((await messageRows(harness, admin.account.testId)).length, 1);
    assertEquals(await messageRows(harness, admin.account.id), []);
    assertEquals(receivedFrom(harness.simulator, admin.account), []);
    const live = await admin.get("/playground");
    assert(!live.text.includes("+15005550001"));
  });

  it("writes down who sent a message, once for each message, with the number masked", async () => {
    const admin = await signIn(harness);
    const form = { to: TO, text: "x", send_key: crypto.randomUUID() };
    const { answer } = await sendForm(admin, form);
    await sendForm(admin, form);
    await admin.post("/playground", form);
    await sendForm(admin, { to: "0151 1234", text: "x" });
    const entries = await harness.query(
      `select user_id, action, target_id, mode, details ->> 'to' as "to"
       from audit_log where account_id = $1`,
      [admin.account.id],
    );
    const entry = { user_id: admin.user.id, action: "message.sent", mode: "live" };
    assertEquals(entries, [{ ...entry, target_id: answer.messageId, to: maskRecipient(TO) }]);
  });

  it("refuses a form of the other mode and sends nothing", async () => {
    const admin = await signIn(harness);
    for (const path of ["/playground", "/playground/send", "/playground/check"]) {
      const wrong = await admin.post(`${path}?mode=test`, { mode: "live", to: TO, text: "x" });
      assertEquals(wrong.status, 400, path);
      const bare = await admin.post(path, { mode: "", to: TO, text: "x" });
      assertEquals(bare.status, 400, path);
    }
    assertEquals(await messageRows(harness, admin.account.id), []);
    assertEquals(await messageRows(harness, admin.account.testId), []);
  });

  it("says that no number is connected, and where to connect one", async () => {
    const account = await harness.makeAccount({ connected: false });
    const admin = await signIn(harness, { account });
    const page = await admin.get("/playground");
    assertStringIncludes(page.text, "No WhatsApp number is connected");
    assertStringIncludes(page.text, 'href="/whatsapp"');
    const sent = await admin.post("/playground", { to: TO, text: "x" });
    assertStringIncludes(sent.text, "whatsapp_not_configured");
    const test = await admin.get("/playground?mode=test");
    assert(!test.text.includes("No WhatsApp number is connected"));
    const connected = await (await signIn(harness)).get("/playground");
    assert(!connected.text.includes("No WhatsApp number is connected"));
  });

  it("opens a link with a message in it, whatever its text holds", async () => {
    const admin = await signIn(harness);
    const fields = { type: "document", to: TO, text: NASTY, filename: NASTY, media_url: NASTY };
    const page = await admin.get(`/playground?${new URLSearchParams(fields)}`);
    assertEquals(page.status, 200);
    assert(!page.text.includes("<script>alert"), "The text became markup");
    assertStringIncludes(page.text, NASTY_SAFE);
    assertStringIncludes(page.text, "$API_KEY");
    assertEquals(await messageRows(harness, admin.account.id), []);
  });

  it("never shows another account's messages", async () => {
    const other = await signIn(harness);
    const { answer } = await sendForm(other, { to: TO, text: "secret" });
    const admin = await signIn(harness);
    const reply = await sendForm(admin, {
      to: TO,
      text: "x",
      reply_to_message_id: answer.messageId ?? "",
    });
    assertEquals(reply.answer.status, 400);
    assertMatch(reply.answer.issues.reply_to_message_id ?? "", /./);
    assertEquals(await messageRows(harness, admin.account.id), []);
  });
});

describe("/playground/check", () => {
  let harness: Harness;
  let admin: AdminClient;
  beforeAll(async () => {
    harness = await startHarness();
    admin = await signIn(harness);
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  it("names the same problems as a send, and writes nothing", async () => {
    for (
      const fields of [
        { to: "", text: "" },
        { to: "14155550123", text: " " },
        { to: TO, type: "image", media_url: "ftp://x", text: "c".repeat(1025) },
        { to: TO, text: "x", idempotency_key: "a b" },
        { to: TO, type: "template", template_language: "", button_value: "x".repeat(32_769) },
      ]
    ) {
      const check = JSON.parse((await admin.post("/playground/check", fields)).text);
      const { answer } = await sendForm(admin, fields);
      assertEquals(answer.status, 400);
      assertEquals(check.issues, answer.issues);
      assert(Object.keys(check.issues).length > 0);
    }
    const [row] = await harness.query<{ count: number }>(
      "select count(*)::int as count from messages where account_id = $1",
      [admin.account.id],
    );
    assertEquals(row?.count, 0);
  });

  it("warns as a send does", async () => {
    const fields = { to: "14155550123", text: "x" };
    const check = JSON.parse((await admin.post("/playground/check", fields)).text);
    assertEquals(check.issues, {});
    assertEquals(check.warnings.map(({ code }: { code: string }) => code), [
      "country_code_assumed",
    ]);
  });

  it("needs a session, and a form of this site", async () => {
    const nobody = openPages(harness.server.baseUrl);
    for (const path of ["/playground", "/playground/send", "/playground/check"]) {
      const signedOut = await nobody.post(path, { to: TO, text: "x" });
      assertEquals([signedOut.status, signedOut.location?.slice(0, 6)], [303, "/login"], path);
      const foreign = await admin.post(path, { to: TO, text: "x" }, {
        headers: { "sec-fetch-site": "cross-site", origin: "https://evil.example" },
      });
      assertEquals(foreign.status, 403, path);
    }
    assertEquals(await messageRows(harness, admin.account.id), []);
  });
});
