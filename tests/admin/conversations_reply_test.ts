/** What is done on the page of a conversation: replying once and only once, its state, read marks, simulated replies. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { maskRecipient } from "@/lib/phone.ts";
import { type AdminClient, signIn } from "@/tests/helpers/admin_client.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { conversationRows, inboundRows, newWriter, receive } from "@/tests/helpers/inbound.ts";
import { messageRows, receivedFrom } from "@/tests/helpers/sends.ts";
import { hiddenField, mainOf, seedThread, shownMessages } from "./message_pages.ts";

/** Of the magic recipients of the sandbox, which the simulator knows too. */
const NOT_ON_WHATSAPP = "15005550002";

describe("the forms of a conversation", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  /** Somebody signed in, and somebody who has just written to the account. */
  async function beginThread(
    options: { waId?: string } = {},
  ): Promise<{ admin: AdminClient; path: string; waId: string; key: string }> {
    const account = await harness.makeAccount();
    const admin = await signIn(harness, { account });
    const from = { ...newWriter(), ...options };
    const { conversation_id: id } = await receive(harness, account, { from });
    const path = `/conversations/${id}`;
    const key = hiddenField(mainOf(await admin.get(path)), "idempotency_key");
    assertNotEquals(key, "");
    return { admin, path, waId: from.waId, key };
  }

  const sentBy = async (admin: AdminClient) =>
    (await messageRows(harness, admin.account.id)).filter(({ status }) => status !== "received");

  it("POST /conversations/{id} 303 sends the text to the contact, as the API would, and shows it", async () => {
    const { admin, path, waId, key } = await beginThread();
    const text = "First line\r\nSecond <b>line</b>";
    const answer = await admin.post(path, { text, idempotency_key: key });
    assertEquals([answer.status, answer.location], [303, path]);
    const page = await admin.get(path);
    assertStringIncludes(page.text, "The message was sent");
    const [row] = await sentBy(admin);
    assert(row !== undefined);
    assertEquals(row.status, "sent");
    assertEquals(shownMessages(page).includes(row.id), true);
    assertStringIncludes(mainOf(page), "First line\nSecond &lt;b>line&lt;/b>");
    const [sent] = receivedFrom(harness.simulator, admin.account);
    assertEquals(
      [sent?.body?.to, sent?.body?.text],
      [`+${waId}`, { body: "First line\nSecond <b>line</b>" }],
    );
    // A new form has a new key, so that the same words can be said again.
    assertNotEquals(hiddenField(mainOf(page), "idempotency_key"), key);
    const log = await harness.query<{ target_id: string; details: unknown }>(
      "select target_id, details from audit_log where account_id = $1 and action = 'message.sent'",
      [admin.account.id],
    );
    assertEquals(log, [{ target_id: row.id, details: { to: maskRecipient(`+${waId}`) } }]);
  });

  it("POST /conversations/{id} 303 sends once however often the form arrives, together or later", async () => {
    const { admin, path, key } = await beginThread();
    const form = { text: "Once", idempotency_key: key };
    const answers = await Promise.all(Array.from({ length: 5 }, () => admin.post(path, form)));
    answers.push(await admin.post(path, form));
    assertEquals(answers.map(({ status }) => status), [303, 303, 303, 303, 303, 303]);
    assertEquals((await sentBy(admin)).length, 1);
    assertEquals(receivedFrom(harness.simulator, admin.account).length, 1);
    const log = await harness.query(
      "select id from audit_log where account_id = $1 and action = 'message.sent'",
      [admin.account.id],
    );
    assertEquals(log.length, 1);
  });

  const refused: [name: string, form: Record<string, string>, words: string][] = [
    ["no text", { text: "" }, "Write a message first"],
    ["blanks", { text: " \r\n " }, "Write a message first"],
    ["too long a text", { text: "x".repeat(4097) }, "at most 4096 characters"],
    ["a damaged key", { text: "Hi there", idempotency_key: "" }, "open the page again"],
  ];
  for (const [name, form, words] of refused) {
    it(`POST /conversations/{id} 422 with ${name}, sends nothing and keeps what was typed`, async () => {
      const { admin, path, key } = await beginThread();
      const answer = await admin.post(path, { idempotency_key: key, ...form });
      const html = mainOf(answer, 422);
      assertStringIncludes(html, words);
      assertStringIncludes(html, (form.text ?? "").trim());
      assertNotEquals(hiddenField(html, "idempotency_key"), "");
      assertEquals(await sentBy(admin), []);
    });
  }

  it("POST /conversations/{id} 422 when the window has closed meanwhile, with the text and without a send", async () => {
    const { admin, path, key } = await beginThread();
    await harness.query(
      "update conversations set last_inbound_at = now() - interval '25 hours' where account_id = $1",
      [admin.account.id],
    );
    const answer = await admin.post(path, { text: "Too late", idempotency_key: key });
    const html = mainOf(answer, 422);
    assertStringIncludes(html, "The 24-hour window has closed");
    assertStringIncludes(html, "Too late");
    assertEquals(await sentBy(admin), []);
  });

  it("GET /conversations/{id} 200 offers a template instead of the box when the window is closed", async () => {
    const account = await harness.makeAccount();
    const admin = await signIn(harness, { account });
    const { conversationId } = await seedThread(harness, account.id, {
      contact: { phone: "+14155550123" },
      messages: [{}],
    });
    const html = mainOf(await admin.get(`/conversations/${conversationId}`));
    assertStringIncludes(html, "Only a template can be sent now");
    assertStringIncludes(html, "/playground?to=%2B14155550123&amp;type=template");
    assertEquals(html.includes("<textarea"), false);
  });

  it("POST /conversations/{id} 502 shows Meta's refusal, and the same form may be sent again", async () => {
    const { admin, path, key } = await beginThread({ waId: NOT_ON_WHATSAPP });
    const html = mainOf(await admin.post(path, { text: "Hello?", idempotency_key: key }), 502);
    assertStringIncludes(html, "131026");
    assertStringIncludes(html, "Hello?");
    assertEquals(hiddenField(html, "idempotency_key"), key);
    assertEquals((await sentBy(admin)).map(({ status }) => status), ["failed"]);
  });

  it("POST of each form 403 from another site, 400 with the other mode, and nothing changes", async () => {
    const { admin, path, key } = await beginThread();
    const before = await conversationRows(harness, admin.account.id);
    const form = { text: "Hi", idempotency_key: key, status: "closed" };
    for (const action of ["", "/status", "/read"]) {
      const foreign = await admin.post(`${path}${action}`, form, {
        headers: { "sec-fetch-site": "cross-site" },
      });
      assertEquals(foreign.status, 403, action);
      const other = await admin.post(`${path}${action}`, { ...form, mode: "test" });
      assertEquals(other.status, 400, action);
    }
    assertEquals(await sentBy(admin), []);
    assertEquals(await conversationRows(harness, admin.account.id), before);
  });

  it("POST /conversations/{id}/status 303 sets each state, and refuses any other", async () => {
    const { admin, path } = await beginThread();
    for (const status of ["pending", "closed", "open"]) {
      const answer = await admin.post(`${path}/status`, { status });
      assertEquals([answer.status, answer.location], [303, path]);
      assertEquals((await conversationRows(harness, admin.account.id))[0]?.status, status);
      assertStringIncludes((await admin.get(path)).text, `The conversation is ${status} now`);
    }
    await admin.post(`${path}/status`, { status: "gone" });
    assertStringIncludes((await admin.get(path)).text, "nothing was changed");
    assertEquals((await conversationRows(harness, admin.account.id))[0]?.status, "open");
  });

  it("POST /conversations/{id}/read 303 sets the number of unread messages to 0", async () => {
    const { admin, path } = await beginThread();
    assertStringIncludes(mainOf(await admin.get(path)), "1 unread");
    const answer = await admin.post(`${path}/read`);
    assertEquals([answer.status, answer.location], [303, path]);
    assertEquals((await conversationRows(harness, admin.account.id))[0]?.unread_count, 0);
    assertEquals(mainOf(await admin.get(path)).includes("unread"), false);
  });

  it("POST /conversations/{id}/simulate?mode=test 303 lets the contact write, by the signed way in", async () => {
    const admin = await signIn(harness);
    const { account } = admin;
    const sent = await harness.call({
      path: "/api/v1/messages",
      key: account.testKey.key,
      body: { to: "+14155550123", text: "Hi" },
    });
    const path = `/conversations/${sent.json.data.conversation_id}`;
    assertStringIncludes(mainOf(await admin.get(`${path}?mode=test`)), "Only a template");
    const answer = await admin.post(`${path}/simulate?mode=test`, { text: "Simulated <i>" });
    assertEquals([answer.status, answer.location], [303, `${path}?mode=test`]);
    const row = await eventually(async () => (await inboundRows(harness, account.testId))[0]);
    assertEquals([row.body, row.sender], ["Simulated <i>", "+14155550123"]);
    assertEquals(row.conversation_id, sent.json.data.conversation_id);
    // Now there is a box, and what it sends stays in test mode.
    const html = mainOf(await admin.get(`${path}?mode=test`));
    assertStringIncludes(html, "Send in test mode");
    const key = hiddenField(html, "idempotency_key");
    const reply = await admin.post(`${path}?mode=test`, { text: "Back", idempotency_key: key });
    assertEquals([reply.status, reply.location], [303, `${path}?mode=test`]);
    assertEquals(receivedFrom(harness.simulator, account), []);
    assertEquals((await messageRows(harness, account.testId)).length, 3);
  });

  it("POST /conversations/{id}/simulate 422 without a text, and 404 in live mode", async () => {
    const { admin, path } = await beginThread();
    assertEquals((await admin.post(`${path}/simulate`, { text: "Hi" })).status, 404);
    const { conversationId } = await seedThread(harness, admin.account.testId, {
      contact: { phone: "+14155550123" },
      messages: [{}],
    });
    const test = `/conversations/${conversationId}/simulate?mode=test`;
    const html = mainOf(await admin.post(test, { text: " " }), 422);
    assertStringIncludes(html, "Write a message first");
    assertEquals(
      (await admin.get(test)).location,
      `/conversations/${conversationId}?mode=test`,
    );
  });
});
