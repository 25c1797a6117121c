/** One message with its status: `GET /api/v1/messages/{id}`. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { type ApiAnswer, assertApiError } from "@/tests/helpers/api_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { routeContract } from "@/tests/helpers/route_contract.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import { newPhone, onlyMessage, postMessage } from "@/tests/helpers/sends.ts";
import type { Fault } from "@/tests/simulator/simulator.ts";

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe("GET /api/v1/messages/{id}", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  routeContract({
    harness: () => harness,
    method: "GET",
    path: "/api/v1/messages/01a2049d-e235-738c-b85a-dd9bd55b47d3",
    scope: "messages:read",
    allow: "GET, HEAD, OPTIONS",
  });

  function get(account: SeededAccount, id: string): Promise<ApiAnswer> {
    return harness.call({ path: `/api/v1/messages/${id}`, key: account.key.key });
  }

  function post(account: SeededAccount, body: unknown): Promise<ApiAnswer> {
    return postMessage(harness.server.baseUrl, { key: account.key.key, body });
  }

  /** Sends, with a fault if one is given, and reads the message back. */
  async function sendAndGet(body: Record<string, unknown>, fault: Fault | null = null) {
    const account = await harness.makeAccount();
    if (fault !== null) harness.simulator.faults.next(fault);
    const sent = await post(account, body);
    const row = await onlyMessage(harness, account.id);
    const answer = await get(account, row.id);
    assertEquals(answer.status, 200, answer.text);
    return { account, sent, answer, message: answer.json.data };
  }

  it("GET /api/v1/messages/{id} 200 shows a sent text, whole", async () => {
    const to = newPhone();
    const { sent, answer, message } = await sendAndGet({ to, text: "Hello 😀\n" });
    assertEquals(sent.status, 201);
    assertMatch(message.created_at, TIME);
    assertMatch(message.sent_at, TIME);
    assert(message.sent_at >= message.created_at);
    assert(Math.abs(Date.now() - Date.parse(message.created_at)) < 10_000);
    assertEquals(answer.json, {
      data: {
        id: sent.json.data.message_id,
        conversation_id: sent.json.data.conversation_id,
        contact_id: sent.json.data.contact_id,
        direction: "outbound",
        type: "text",
        status: "sent",
        to,
        text: "Hello 😀\n",
        media_url: null,
        filename: null,
        template: null,
        reply_to_message_id: null,
        whatsapp_message_id: sent.json.data.whatsapp_message_id,
        error: null,
        from: null,
        media: null,
        content: null,
        edited_at: null,
        revoked_at: null,
        created_at: message.created_at,
        sent_at: message.sent_at,
        delivered_at: null,
        read_at: null,
        failed_at: null,
      },
    });
  });

  it("GET /api/v1/messages/{id} 200 shows a failed message with Meta's error and a hint", async () => {
    const fault: Fault = { kind: "metaError", code: 131026, status: 400 };
    const { sent, message } = await sendAndGet({ to: newPhone(), text: "Hi" }, fault);
    assertApiError(sent, { status: 502, code: "meta_error" });
    const { details } = sent.json.error;
    assertEquals(message.id, details.message_id);
    assertEquals(message.status, "failed");
    assertEquals(message.error, {
      code: 131026,
      title: details.meta.title,
      message: details.meta.message,
      hint: details.meta.hint,
    });
    assert(message.error.hint.length > 10, message.error.hint);
    assertMatch(message.failed_at, TIME);
    assertEquals([message.sent_at, message.whatsapp_message_id], [null, null]);
  });

  it("GET /api/v1/messages/{id} 200 shows that nobody knows whether Meta took a message", async () => {
    const fault: Fault = { kind: "closeAfterRead" };
    const { sent, message } = await sendAndGet({ to: newPhone(), text: "Hi" }, fault);
    assertApiError(sent, { status: 504, code: "outcome_unknown" });
    assertEquals(message.id, sent.json.error.details.message_id);
    assertEquals(message.status, "unknown");
    assertEquals(Object.keys(message.error).sort(), ["code", "hint", "message", "title"]);
    assertEquals([message.sent_at, message.failed_at], [null, null]);
    assertEquals(message.whatsapp_message_id, null);
  });

  it("GET /api/v1/messages/{id} 200 shows a message while it is being sent", async () => {
    const account = await harness.makeAccount();
    const count = harness.simulator.received().length;
    harness.simulator.faults.next({ kind: "delay", ms: 400 });
    const sending = post(account, { to: newPhone(), text: "Hi" });
    await harness.simulator.waitFor((received) => received.length > count);
    const { id } = await onlyMessage(harness, account.id);
    const pending = await get(account, id);
    assertEquals(pending.json.data.status, "pending");
    assertEquals(pending.json.data.error, null);
    assertEquals((await sending).status, 201);
    assertEquals((await get(account, id)).json.data.status, "sent");
  });

  const documentUrl = "https://files.example.com/a.pdf";
  const template = { name: "hello_world", language: "de", params: ["Ann", 5, true] };
  const kinds: { type: string; body: Record<string, unknown>; shown: Record<string, unknown> }[] = [
    {
      type: "document",
      body: { media_url: documentUrl, filename: "a.pdf", text: "Caption" },
      shown: { media_url: documentUrl, filename: "a.pdf", text: "Caption", template: null },
    },
    {
      type: "image",
      body: { media_url: "https://files.example.com/a.png" },
      shown: { media_url: "https://files.example.com/a.png", filename: null, text: null },
    },
    {
      type: "audio",
      body: { media_url: "https://files.example.com/a.mp3", text: "Stored only" },
      shown: { media_url: "https://files.example.com/a.mp3", text: "Stored only" },
    },
    {
      type: "template",
      body: { template },
      shown: { text: null, media_url: null },
    },
  ];
  for (const { type, body, shown } of kinds) {
    it(`GET /api/v1/messages/{id} 200 shows the fields of type ${type}`, async () => {
      const { sent, message } = await sendAndGet({ to: newPhone(), type, ...body });
      assertEquals(sent.status, 201, sent.text);
      assertEquals(message.type, type);
      const names = Object.keys(shown);
      assertEquals(Object.fromEntries(names.map((name) => [name, message[name]])), shown);
      if (type !== "template") return;
      assertEquals([message.template.name, message.template.language], ["hello_world", "de"]);
      assertEquals(message.template.params, ["Ann", "5", "true"]);
    });
  }

  it("GET /api/v1/messages/{id} 200 shows which message it answers", async () => {
    const account = await harness.makeAccount();
    const to = newPhone();
    const first = await post(account, { to, text: "One" });
    const firstId = first.json.data.message_id;
    const second = await post(account, { to, text: "Two", reply_to_message_id: firstId });
    const answer = await get(account, second.json.data.message_id);
    assertEquals(answer.json.data.reply_to_message_id, firstId);
    assertEquals(answer.json.data.conversation_id, first.json.data.conversation_id);
  });

  it("GET /api/v1/messages/{id} 200 shows the recipient as the caller wrote the number", async () => {
    const account = await harness.makeAccount();
    // Brazil's ninth digit: one contact, two spellings, each message keeps its own.
    const ids: string[] = [];
    for (const to of ["+5511987654321", "+551187654321"]) {
      const sent = await post(account, { to, text: "Oi" });
      ids.push(sent.json.data.contact_id);
      const answer = await get(account, sent.json.data.message_id);
      assertEquals(answer.json.data.to, to);
    }
    assertEquals(ids[0], ids[1]);
  });

  it("GET /api/v1/messages/{id} 200 shows later statuses with a time each", async () => {
    const { account, message } = await sendAndGet({ to: newPhone(), text: "Hi" });
    await harness.query(
      `update messages set status = 'read', delivered_at = '2026-03-01T10:00:00.5Z',
         read_at = '2026-03-01T10:00:01Z' where account_id = $1`,
      [account.id],
    );
    const { json } = await get(account, message.id);
    assertEquals(json.data, {
      ...message,
      status: "read",
      delivered_at: "2026-03-01T10:00:00.500Z",
      read_at: "2026-03-01T10:00:01.000Z",
    });
  });

  it("GET /api/v1/messages/{id} 200 shows an inbound message with its sender", async () => {
    const { account, message } = await sendAndGet({ to: newPhone(), text: "Hi" });
    const id = "01a2049d-e235-738c-b85a-000000000001";
    const media = { id: "99", mime_type: "image/png", filename: null, voice: null };
    await harness.query(
      `insert into messages (
         account_id, id, conversation_id, contact_id, direction, type, status, recipient, sender, media, wamid
       ) values ($1, $2, $3, $4, 'inbound', 'image', 'received', '+15550001111', $5, $6::text::jsonb, 'wamid.in')`,
      [
        account.id,
        id,
        message.conversation_id,
        message.contact_id,
        message.to,
        JSON.stringify(media),
      ],
    );
    const { json } = await get(account, id);
    assertEquals(Object.keys(json.data), Object.keys(message));
    assertEquals(
      {
        direction: json.data.direction,
        status: json.data.status,
        from: json.data.from,
        to: json.data.to,
        media: json.data.media,
      },
      {
        direction: "inbound",
        status: "received",
        from: message.to,
        to: "+15550001111",
        media,
      },
    );
  });

  it("GET /api/v1/messages/{id} 200 takes the id in upper case", async () => {
    const { account, message } = await sendAndGet({ to: newPhone(), text: "Hi" });
    const answer = await get(account, message.id.toUpperCase());
    assertEquals(answer.json.data, message);
  });

  const strangers = [
    "01a2049d-e235-738c-b85a-dd9bd55b47d3",
    "00000000-0000-0000-0000-000000000000",
    "1",
    "null",
    "%00",
    "%zz",
    "..%2fme",
    "01a2049de235738cb85add9bd55b47d3",
    "{01a2049d-e235-738c-b85a-dd9bd55b47d3}",
    "01a2049d-e235-738c-b85a-dd9bd55b47d3'",
    "%F0%9F%98%80",
    "x".repeat(2_000),
  ];
  for (const id of strangers) {
    it(`GET /api/v1/messages/${id.slice(0, 40)} 404 is no message of the account`, async () => {
      const account = await harness.makeAccount();
      const answer = await get(account, id);
      assertApiError(answer, { status: 404, code: "not_found", retryable: false });
    });
  }
});
