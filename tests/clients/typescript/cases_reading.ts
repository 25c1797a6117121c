/** Reading: every endpoint, lists over several pages, files. */
import assert from "node:assert/strict";
import type { World } from "@/tests/clients/typescript/world.ts";

type Case = (world: World) => Promise<void>;

const TO = "+14155550123";

export const READING_CASES: Record<string, Case> = {
  "me tells whose key it is": async (world) => {
    const { id, key } = await world.makeAccount();
    const { data, rateLimit, warnings } = await world.client(key).me();
    assert.deepEqual([data.account.id, data.account.mode], [id, "live"]);
    assert.equal(key.startsWith(data.key.prefix), true);
    assert.ok(data.key.scopes.includes("messages:send"));
    assert.deepEqual([data.key.rate_limit, data.key.expires_at, rateLimit, warnings], [
      0,
      null,
      null,
      [],
    ]);
  },

  "baseUrl may be a URL, end in a slash, and name the API's path": async (world) => {
    const { id, key } = await world.makeAccount();
    for (
      const baseUrl of [
        new URL(world.serverUrl),
        `${world.serverUrl}/`,
        `${world.serverUrl}/api/v1`,
        `${world.serverUrl}/api/v1/`,
      ]
    ) {
      assert.equal((await world.client(key, { baseUrl }).me()).data.account.id, id);
    }
    const peer = await world.startPeer([{ status: 200, body: '{"data":{}}' }]);
    await world.client(key, { baseUrl: `${peer.url}/whatsapp/` }).me();
    assert.equal((await peer.received())[0]?.path, "/whatsapp/api/v1/me");
  },

  "a list gives every entry once, over all its pages, and one page with its cursor": async (
    world,
  ) => {
    const { key } = await world.makeAccount();
    const { messages } = world.client(key);
    const ids: string[] = [];
    for (let index = 0; index < 5; index++) {
      const { data } = await messages.send({ to: TO, text: `Number ${index}` });
      ids.unshift(data.message_id);
    }
    const seen: string[] = [];
    for await (const message of messages.list({ limit: 2 })) seen.push(message.id);
    assert.deepEqual(seen, ids);
    const first = await messages.list({ limit: 2 }).page();
    assert.deepEqual(first.data.map(({ id }) => id), ids.slice(0, 2));
    assert.ok(first.nextCursor !== null && first.requestId !== null && first.attempts === 1);
    const second = await messages.list({ limit: 2, cursor: first.nextCursor }).page();
    assert.deepEqual(second.data.map(({ id }) => id), ids.slice(2, 4));
    const last = await messages.list({ cursor: second.nextCursor ?? "" }).page();
    assert.deepEqual([last.data.length, last.nextCursor], [1, null]);
    // A list may be read again, and left early.
    const list = messages.list({ limit: 1 });
    for (let time = 0; time < 2; time++) {
      for await (const message of list) {
        assert.equal(message.id, ids[0]);
        break;
      }
    }
  },

  "messages are found by person, state, direction and time": async (world) => {
    const { key } = await world.makeAccount();
    const { messages } = world.client(key);
    const first = await messages.send({ to: TO, text: "One" });
    const { data: one } = await messages.get(first.data.message_id);
    await messages.send({ to: "+14155550124", text: "Two" });
    const find = async (query: Parameters<typeof messages.list>[0]) =>
      (await messages.list(query).page()).data.map(({ text }) => text);
    assert.deepEqual(await find({ to: TO }), ["One"]);
    assert.deepEqual(await find({ to: "14155550123" }), ["One"]);
    assert.deepEqual(await find({ status: "failed" }), []);
    assert.deepEqual(await find({ direction: "inbound" }), []);
    assert.deepEqual(await find({ created_after: new Date(one.created_at) }), ["Two"]);
    assert.deepEqual(await find({ created_before: one.created_at }), []);
    const { warnings } = await messages.list({ to: "14155550123" }).page();
    assert.deepEqual(warnings.map(({ code }) => code), ["country_code_assumed"]);
    assert.deepEqual(
      [one.direction, one.type, one.status, one.to, one.error],
      ["outbound", "text", "sent", TO, null],
    );
  },

  "contacts are created once, found, changed, listed and erased": async (world) => {
    const { key } = await world.makeAccount();
    const { contacts } = world.client(key);
    const created = await contacts.create({ phone: TO, name: "Ann", company: "Shop" });
    assert.deepEqual([created.created, created.data.name], [true, "Ann"]);
    const again = await contacts.create({ phone: "+1 (415) 555-0123", name: "Other" });
    assert.deepEqual([again.created, again.data], [false, created.data]);
    const { id } = created.data;
    const changed = await contacts.update(id, { name: null, email: "ann@example.com" });
    const { name, email, company } = changed.data;
    assert.deepEqual([name, email, company], [null, "ann@example.com", "Shop"]);
    assert.deepEqual((await contacts.get(id)).data, changed.data);
    await contacts.create({ bsuid: "US.13491208655302741918" });
    const all = [];
    for await (const contact of contacts.list({ limit: 1 })) all.push(contact.bsuid);
    assert.deepEqual(all, ["US.13491208655302741918", null]);
    assert.deepEqual((await contacts.list({ phone: TO }).page()).data, [changed.data]);
    const { data: erasure } = await contacts.erase(id);
    assert.deepEqual([erasure.id, erasure.erased, erasure.complete], [id, true, true]);
    assert.deepEqual((await contacts.list({ phone: TO }).page()).data, []);
  },

  "conversations are listed and read with their messages": async (world) => {
    const { key } = await world.makeAccount();
    const { messages, conversations } = world.client(key);
    const sent = [];
    for (const text of ["One", "Two", "Three"]) {
      sent.push((await messages.send({ to: TO, text })).data);
    }
    const { conversation_id: id = "", contact_id } = sent[0] ?? {};
    const { data } = await conversations.get(id);
    assert.deepEqual([data.contact.phone, data.window, data.last_message_text], [
      TO,
      { open: false, expires_at: null },
      "Three",
    ]);
    const texts = [];
    for await (const message of conversations.messages(id, { limit: 2 })) texts.push(message.text);
    assert.deepEqual(texts, ["Three", "Two", "One"]);
    const found = await conversations.list({ contact_id, status: data.status }).page();
    assert.deepEqual(found.data, [data]);
  },

  "a file is downloaded with its type, name and size": async (world) => {
    const { id, key } = await world.makeAccount();
    const { messages } = world.client(key);
    const bytes = [1, 2, 3, 255, 0];
    const messageId = await world.receiveFile(id, { bytes, size: bytes.length });
    const file = await messages.media(messageId);
    const { contentType, filename, size } = file;
    assert.deepEqual([contentType, filename, size], ["application/pdf", "Bill – May.pdf", 5]);
    assert.deepEqual([...await file.bytes()], bytes);
    const pieces = [];
    for await (const piece of (await messages.media(messageId)).body) pieces.push(...piece);
    assert.deepEqual(pieces, bytes);
    const { data } = await messages.get(messageId);
    assert.deepEqual([data.direction, data.media?.mime_type], ["inbound", "application/pdf"]);
    const missing = await messages.media(crypto.randomUUID()).catch((error) => error);
    assert.deepEqual([missing.code, missing.attempts], ["not_found", 1]);
  },

  "a file that breaks off is an error, and so is one whose signal is aborted": async (world) => {
    const { id, key } = await world.makeAccount();
    const { messages } = world.client(key);
    const bytes = Array.from({ length: 1000 }, (_, index) => index % 256);
    const messageId = await world.receiveFile(id, { bytes, size: 2000 });
    const broken = await messages.media(messageId);
    assert.equal(broken.size, 2000);
    const error = await broken.bytes().catch((error) => error);
    assert.ok(error instanceof world.api.MessagesConnectionError, String(error));
    assert.equal(error.reason, "lost");
    const controller = new AbortController();
    const whole = await world.receiveFile(id, { bytes, size: 1000 });
    const file = await messages.media(whole, { signal: controller.signal });
    const reason = new Error("enough");
    controller.abort(reason);
    assert.equal(await file.bytes().catch((error) => error), reason);
    // Leaving a file is no error.
    await (await messages.media(whole)).body.cancel();
  },
};
