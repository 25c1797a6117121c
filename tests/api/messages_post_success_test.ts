/**
 * What a message that was sent leaves behind: the answer, the rows, and byte for byte what Meta received, for each type
 * that is not a template (messages_post_template_test.ts), with as little and as much as a request can have.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { isId } from "@/lib/ids.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { lastReceived, send, sendOk, warningCodes } from "@/tests/helpers/message_calls.ts";
import { countRows, receivedFrom } from "@/tests/helpers/sends.ts";

const TO = "+14155550123";
const LINK = "https://cdn.example.com/files/a%20b.bin?x=1&y=%C3%A4#part";

const ENVELOPE = { messaging_product: "whatsapp", recipient_type: "individual", to: TO };

/** A request, what Meta must get beside the envelope, and what the row must hold. */
const CASES: {
  name: string;
  body: Record<string, unknown>;
  meta: Record<string, unknown>;
  row: { type: string; body?: string; media_url?: string; filename?: string };
}[] = [
  {
    name: "text, with the default type",
    body: { text: "Hello" },
    meta: { type: "text", text: { body: "Hello" } },
    row: { type: "text", body: "Hello" },
  },
  {
    name: "text, unchanged with its white space, line ends and emoji",
    body: { type: "text", text: "  Grüße,\n\n*Ann* \t👩🏽‍🚀 https://example.com \u0007 " },
    meta: {
      type: "text",
      text: { body: "  Grüße,\n\n*Ann* \t👩🏽‍🚀 https://example.com \u0007 " },
    },
    row: { type: "text", body: "  Grüße,\n\n*Ann* \t👩🏽‍🚀 https://example.com \u0007 " },
  },
  {
    name: "text, ignoring a filename",
    body: { type: "text", text: "Hello", filename: "a.pdf" },
    meta: { type: "text", text: { body: "Hello" } },
    row: { type: "text", body: "Hello" },
  },
  {
    name: "image without a caption",
    body: { type: "image", media_url: LINK },
    meta: { type: "image", image: { link: LINK } },
    row: { type: "image", media_url: LINK },
  },
  {
    name: "image with a caption, ignoring a filename",
    body: { type: "image", media_url: LINK, text: "Our house", filename: "a.jpg", name: "Ann" },
    meta: { type: "image", image: { link: LINK, caption: "Our house" } },
    row: { type: "image", media_url: LINK, body: "Our house" },
  },
  {
    name: "video without a caption",
    body: { type: "video", media_url: LINK },
    meta: { type: "video", video: { link: LINK } },
    row: { type: "video", media_url: LINK },
  },
  {
    name: "video with a caption, ignoring a filename",
    body: { type: "video", media_url: LINK, text: "Our garden", filename: "a.mp4" },
    meta: { type: "video", video: { link: LINK, caption: "Our garden" } },
    row: { type: "video", media_url: LINK, body: "Our garden" },
  },
  {
    name: "document without caption and filename",
    body: { type: "document", media_url: LINK },
    meta: { type: "document", document: { link: LINK } },
    row: { type: "document", media_url: LINK },
  },
  {
    name: "document with caption and filename",
    body: { type: "document", media_url: LINK, text: "The bill", filename: "Rechnung №1.pdf" },
    meta: {
      type: "document",
      document: { link: LINK, caption: "The bill", filename: "Rechnung №1.pdf" },
    },
    row: { type: "document", media_url: LINK, body: "The bill", filename: "Rechnung №1.pdf" },
  },
  {
    name: "audio without a caption",
    body: { type: "audio", media_url: LINK },
    meta: { type: "audio", audio: { link: LINK } },
    row: { type: "audio", media_url: LINK },
  },
  {
    name: "audio with a caption that is stored but not sent, ignoring a filename",
    body: { type: "audio", media_url: LINK, text: "Listen", filename: "a.ogg" },
    meta: { type: "audio", audio: { link: LINK } },
    row: { type: "audio", media_url: LINK, body: "Listen" },
  },
];

describe("POST /api/v1/messages", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  for (const { name, body, meta, row } of CASES) {
    it(`201 sends ${name}`, async () => {
      const account = await harness.makeAccount();
      const answer = await send(harness, account, { body: { to: TO, ...body } });
      assertEquals(answer.status, 201, answer.text);
      const { data } = answer.json;
      const received = lastReceived(harness, account);
      assertEquals(Object.keys(answer.json).sort(), ["data", "meta"]);
      assertEquals(data, {
        message_id: data.message_id,
        whatsapp_message_id: received.wamid,
        conversation_id: data.conversation_id,
        contact_id: data.contact_id,
        contact_created: true,
      });
      assertEquals([data.message_id, data.conversation_id, data.contact_id].map(isId), [
        true,
        true,
        true,
      ]);
      assertEquals(await findMessage(harness, data.message_id), {
        account_id: account.id,
        conversation_id: data.conversation_id,
        contact_id: data.contact_id,
        direction: "outbound",
        status: "sent",
        recipient: TO,
        body: null,
        media_url: null,
        filename: null,
        template: null,
        reply_to_message_id: null,
        wamid: data.whatsapp_message_id,
        error: null,
        ...row,
      });
      assertEquals(await countRows(harness, account.id), {
        contacts: 1,
        conversations: 1,
        messages: 1,
        keys: 0,
      });
      assertEquals(receivedFrom(harness.simulator, account).length, 1);
      assertEquals(received.method, "POST");
      assertEquals(received.authorization, `Bearer ${account.accessToken}`);
      assertMatch(received.headers["content-type"] ?? "", /^application\/json\b/);
      const expected = { ...ENVELOPE, ...meta, biz_opaque_callback_data: data.message_id };
      assertEquals(received.body, expected);
      assertEquals(JSON.parse(received.rawBody), expected);
    });
  }

  it("201 sends one message for each request, to the same conversation", async () => {
    const account = await harness.makeAccount();
    const first = await sendOk(harness, account, { to: TO, text: "Hello" });
    const second = await sendOk(harness, account, { to: TO, text: "Hello" });
    assertEquals(second.contact_created, false);
    assertEquals(second.conversation_id, first.conversation_id);
    assertEquals(second.contact_id, first.contact_id);
    assertNotEquals(second.message_id, first.message_id);
    assertNotEquals(second.whatsapp_message_id, first.whatsapp_message_id);
    assertEquals(receivedFrom(harness.simulator, account).map(({ body }) => body?.text), [
      { body: "Hello" },
      { body: "Hello" },
    ]);
  });

  it("201 keeps the conversation's last message, cut, and sets its unread count to 0", async () => {
    const account = await harness.makeAccount();
    const { conversation_id: id } = await sendOk(harness, account, { to: TO, text: "Hello" });
    await harness.query(
      "update conversations set unread_count = 3, status = 'closed' where account_id = $1",
      [account.id],
    );
    await sendOk(harness, account, { to: TO, text: "👍".repeat(300) });
    const [row] = await harness.query(
      `select last_message_text, unread_count, status, last_message_at > now() - interval '1 minute' as recent
       from conversations where account_id = $1 and id = $2`,
      [account.id, id ?? null],
    );
    assertEquals(row, {
      last_message_text: "👍".repeat(200),
      unread_count: 0,
      status: "closed",
      recent: true,
    });
  });

  it("201 warns of audio captions only when there is one", async () => {
    const account = await harness.makeAccount();
    const audio = { to: TO, type: "audio", media_url: LINK };
    const withCaption = await send(harness, account, { body: { ...audio, text: "Listen" } });
    assertEquals(warningCodes(withCaption), ["caption_not_sent", "outside_service_window"]);
    for (const extra of [{}, { text: null }, { text: "" }]) {
      const without = await send(harness, account, { body: { ...audio, ...extra } });
      assertEquals(warningCodes(without), ["outside_service_window"]);
    }
  });

  it("201 warns with 131047 and templates unless the person wrote within 24 hours", async () => {
    const account = await harness.makeAccount();
    const never = await send(harness, account, { body: { to: TO, text: "Hello" } });
    assertEquals(warningCodes(never), ["outside_service_window"]);
    assertMatch(never.json.meta.warnings[0].message, /131047/);
    assertMatch(never.json.meta.warnings[0].message, /template/);
    const cases: [string, boolean][] = [
      ["10 seconds", false],
      ["23 hours 59 minutes", false],
      ["24 hours 1 second", true],
      ["9 days", true],
    ];
    for (const [age, warned] of cases) {
      await harness.query(
        `update conversations set last_inbound_at = now() - interval '${age}' where account_id = $1`,
        [account.id],
      );
      const answer = await send(harness, account, { body: { to: TO, text: "Hello" } });
      assertEquals(answer.status, 201);
      assertEquals(warningCodes(answer), warned ? ["outside_service_window"] : [], age);
      if (!warned) assertEquals(Object.keys(answer.json), ["data"], age);
    }
  });
});

async function findMessage(
  harness: Harness,
  messageId: string,
): Promise<Record<string, unknown> | undefined> {
  const [row] = await harness.query(
    `select account_id, conversation_id, contact_id, direction, type, status, recipient, body, media_url, filename,
       template, reply_to_message_id, wamid, error
     from messages where id = $1`,
    [messageId],
  );
  return row === undefined ? undefined : { ...row };
}
