/** Inbound messages: each kind is stored once, as the API shows it, and linked to what it answers. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import {
  allProcessed,
  contactRows,
  deliverAll,
  inboundRows,
  newWriter,
  onlyConversation,
  receive,
  writing,
} from "@/tests/helpers/inbound.ts";
import { sendOk } from "@/tests/helpers/message_calls.ts";
import {
  bodyOf,
  deliver,
  deliverContent,
  entryOf,
  eventRows,
  newWamid,
  postCallback,
  settledEvents,
} from "@/tests/helpers/webhooks.ts";

type Json = Record<string, unknown>;

const FILE = { id: "1003", mime_type: "image/jpeg", sha256: "b64=" };
const media = (over: Json): Json => ({
  id: "1003",
  mime_type: "image/jpeg",
  filename: null,
  voice: null,
  ...over,
});

/** The message in Meta's shape, and text, media and content as the API then shows them. */
const KINDS: Record<string, { message: Json; text?: string; media?: Json; content?: Json }> = {
  text: { message: { text: { body: "Ünïcödé 👍\nsecond line" } }, text: "Ünïcödé 👍\nsecond line" },
  image: { message: { image: { ...FILE, caption: "Us" } }, text: "Us", media: media({}) },
  video: {
    message: { video: { ...FILE, mime_type: "video/mp4" } },
    media: media({ mime_type: "video/mp4" }),
  },
  document: {
    message: { document: { ...FILE, mime_type: "application/pdf", filename: "a.pdf" } },
    media: media({ mime_type: "application/pdf", filename: "a.pdf" }),
  },
  audio: {
    message: { audio: { ...FILE, mime_type: "audio/ogg; codecs=opus", voice: true } },
    media: media({ mime_type: "audio/ogg; codecs=opus", voice: true }),
  },
  sticker: {
    message: { sticker: { ...FILE, mime_type: "image/webp" } },
    media: media({ mime_type: "image/webp" }),
  },
  location: {
    message: { location: { latitude: 37.44, longitude: -122.16, name: "Pier 1" } },
    text: "Pier 1",
    content: { latitude: 37.44, longitude: -122.16, name: "Pier 1" },
  },
  contacts: {
    message: { contacts: [{ name: { formatted_name: "Bob" } }] },
    content: { contacts: [{ name: { formatted_name: "Bob" } }] },
  },
  button: {
    message: { button: { payload: "STOP", text: "Stop" } },
    text: "Stop",
    content: { payload: "STOP", text: "Stop" },
  },
  interactive: {
    message: { interactive: { type: "button_reply", button_reply: { id: "y", title: "Yes" } } },
    text: "Yes",
    content: { type: "button_reply", button_reply: { id: "y", title: "Yes" } },
  },
  order: {
    message: { order: { catalog_id: "1", product_items: [{ quantity: 2 }] } },
    content: { catalog_id: "1", product_items: [{ quantity: 2 }] },
  },
  unsupported: {
    message: { errors: [{ code: 131051 }], unsupported: { type: "poll_creation" } },
    content: { type: "poll_creation", errors: [{ code: 131051 }] },
  },
  hologram: { message: { hologram: { depth: "\0" } }, content: { depth: "\uFFFD" } },
};

describe("an inbound message", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  for (
    const [type, { message, text = null, media = null, content = null }] of Object.entries(KINDS)
  ) {
    it(`of type ${type} is stored and shown by GET /messages/{id}`, async () => {
      const account = await harness.makeAccount();
      const from = newWriter();
      const row = await receive(harness, account, {
        from,
        message: { type, timestamp: "1763800000", ...message },
      });
      const { status, json } = await harness.call({
        path: `/api/v1/messages/${row.id}`,
        key: account.key.key,
      });
      assertEquals(status, 200);
      assertEquals(json.data, {
        id: row.id,
        conversation_id: row.conversation_id,
        contact_id: row.contact_id,
        direction: "inbound",
        type,
        status: "received",
        to: "+15550100000",
        text,
        media_url: null,
        filename: null,
        template: null,
        reply_to_message_id: null,
        whatsapp_message_id: row.wamid,
        error: null,
        from: `+${from.waId}`,
        media,
        content,
        edited_at: null,
        revoked_at: null,
        created_at: "2025-11-22T08:26:40.000Z",
        sent_at: null,
        delivered_at: null,
        read_at: null,
        failed_at: null,
      });
      const conversation = await onlyConversation(harness, account.id);
      assertEquals(conversation.last_message_text, text ?? `[${type}]`);
    });
  }

  it("is stored once, although its event comes twice in one batch and again in another", async () => {
    const account = await harness.makeAccount();
    const content = writing(newWriter());
    await deliverAll(harness, account, content, content);
    await deliverAll(harness, account, content);
    assertEquals((await inboundRows(harness, account.id)).length, 1);
    assertEquals((await onlyConversation(harness, account.id)).unread_count, 1);
    assertEquals((await eventRows(harness, account.id)).length, 3);
  });

  it("and its neighbours in one change go to the people who wrote them", async () => {
    const account = await harness.makeAccount();
    const people = [newWriter(), newWriter(), newWriter()];
    const changes = people.map((writer, index) =>
      writing({ ...writer, name: `Person ${index}` }, {
        text: { body: `From ${index}` },
        type: "text",
      })
    );
    await deliverAll(harness, account, {
      contacts: changes.flatMap(({ contacts }) => contacts),
      messages: changes.flatMap(({ messages }) => messages),
    });
    const contacts = await contactRows(harness, account.id);
    const rows = await inboundRows(harness, account.id);
    const told = rows.map((row) => {
      const contact = contacts.find(({ id }) => id === row.contact_id);
      return [row.body, contact?.bsuid, contact?.wa_id, contact?.name].join();
    });
    assertEquals(
      told.sort(),
      people.map(({ waId, bsuid }, index) =>
        [`From ${index}`, bsuid, waId, `Person ${index}`].join()
      ),
    );
  });

  it("that is malformed is kept as failed and spoils no other of its batch", async () => {
    const account = await harness.makeAccount();
    const good = writing(newWriter());
    const bad = writing(newWriter(), { timestamp: "never" });
    const events = await deliverContent(harness, account, {
      messages: [bad, good].flatMap(({ messages }) => messages),
    });
    assertEquals(events.map(({ state }) => state).sort(), ["failed", "processed"]);
    assertEquals((await inboundRows(harness, account.id)).length, 1);
    assertEquals((await contactRows(harness, account.id)).length, 1);
  });

  for (const [open, close] of [["[", "]"], ['{"a":', "}"]] as const) {
    it(`of ${open} without end is kept without its content and spoils no other of its batch`, async () => {
      const account = await harness.makeAccount();
      const deep = open.repeat(300_000) + "{}" + close.repeat(300_000);
      const body = JSON.stringify(bodyOf(
        entryOf(account, writing(newWriter(), { type: "order", order: "DEEP" })),
        entryOf(account, writing(newWriter())),
      )).replace('"DEEP"', deep);
      const { appSecret: secret } = account;
      const answer = await postCallback(harness.server.baseUrl, body, { secret });
      assertEquals([answer.status, answer.text], [200, "stored"]);
      const events = await settledEvents(harness, account.id);
      assertEquals(events.map(({ state }) => state).sort(), ["ignored", "processed"]);
      assertEquals(
        events.filter(({ state }) => state === "ignored").map(({ payload }) => payload),
        ['{"dropped":"Nested more than 100 levels deep"}'],
      );
      assertEquals((await inboundRows(harness, account.id)).length, 1);
    });
  }

  it("is linked to the message of ours that it answers", async () => {
    const account = await harness.makeAccount();
    const from = newWriter();
    const sent = await sendOk(harness, account, { to: `+${from.waId}`, text: "Shall we?" });
    const row = await receive(harness, account, {
      from,
      message: { context: { from: "15550100000", id: sent.whatsapp_message_id } },
    });
    assertEquals(row.reply_to_message_id, sent.message_id);
    assertEquals(row.conversation_id, sent.conversation_id);
  });

  it("of type reaction is linked to its message, also when the reaction is taken back", async () => {
    const account = await harness.makeAccount();
    const from = newWriter();
    const target = await receive(harness, account, { from });
    const react = (reaction: Json) =>
      receive(harness, account, {
        from,
        message: { type: "reaction", reaction: { message_id: target.wamid, ...reaction } },
      });
    const given = await react({ emoji: "👍" });
    const removed = await react({});
    assertEquals([given.type, given.body, given.reply_to_message_id], [
      "reaction",
      "👍",
      target.id,
    ]);
    assertEquals([removed.type, removed.body, removed.reply_to_message_id], [
      "reaction",
      null,
      target.id,
    ]);
  });

  it("that overtakes the message it answers waits for it", async () => {
    const account = await harness.makeAccount();
    const from = newWriter();
    const first = newWamid();
    await deliver(
      harness,
      account,
      entryOf(account, writing(from, { context: { from: from.waId, id: first } })),
    );
    await deliver(harness, account, entryOf(account, writing(from, { id: first })));
    await allProcessed(harness, account.id);
    const rows = await inboundRows(harness, account.id);
    const target = rows.find(({ wamid }) => wamid === first);
    const answer = rows.find(({ wamid }) => wamid !== first);
    assertEquals([rows.length, answer?.reply_to_message_id], [2, target?.id]);
  });

  it("that answers a message nobody here knows is stored without a link", async () => {
    const account = await harness.makeAccount();
    const row = await receive(harness, account, {
      from: newWriter(),
      message: { context: { from: "15550100000", id: newWamid() } },
    });
    assertEquals(row.reply_to_message_id, null);
  });

  it("is another account's business alone, although both have the same wamid and person", async () => {
    const [one, two] = [await harness.makeAccount(), await harness.makeAccount()];
    const from = newWriter();
    const message = { id: newWamid() };
    const inOne = await receive(harness, one, { from, message });
    const inTwo = await receive(harness, two, { from, message });
    assertEquals(inOne.id === inTwo.id || inOne.contact_id === inTwo.contact_id, false);
    const foreign = await harness.call({ path: `/api/v1/messages/${inTwo.id}`, key: one.key.key });
    assertEquals(foreign.status, 404);
  });
});
