/** Sending: what comes back, and that nothing is sent twice, whatever becomes of connections. */
import assert from "node:assert/strict";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type PeerStep, watchedFetch, type World } from "@/tests/clients/typescript/world.ts";

type Case = (world: World) => Promise<void>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const TO = "+14155550123";
const PATIENCE_MS = 20_000;

const TAKEN: PeerStep = {
  status: 201,
  body: JSON.stringify({ data: { message_id: "m" } }),
};

export const SENDING_CASES: Record<string, Case> = {
  "send resolves to ids, warnings, the request's id and how it went": async (world) => {
    const { id, key } = await world.makeAccount();
    const sent = await world.client(key).messages.send({ to: TO, text: "Hello" });
    for (const name of ["message_id", "conversation_id", "contact_id"] as const) {
      assert.match(sent.data[name], UUID);
    }
    assert.match(sent.data.whatsapp_message_id, /^wamid\./);
    assert.equal(sent.data.contact_created, true);
    assert.deepEqual(sent.warnings.map(({ code }) => code), ["outside_service_window"]);
    assert.match(sent.requestId ?? "", UUID);
    assert.deepEqual([sent.rateLimit, sent.attempts, sent.replayed], [null, 1, false]);
    assert.equal((await world.countSent(id)).deliveries, 1);
  },

  "send sends each kind of message, with fields that are undefined or null left out": async (
    world,
  ) => {
    const { key } = await world.makeAccount();
    const { messages } = world.client(key);
    const media_url = "https://example.com/file";
    const sent = [
      await messages.send({ to: TO, text: "Hi", name: undefined, reply_to_message_id: null }),
      await messages.send({
        to: TO,
        type: "template",
        template: { name: "order_shipped", language: "en_US", params: ["Ann", 1042] },
      }),
      await messages.send({ to: TO, type: "image", media_url, text: "A picture" }),
      await messages.send({ to: TO, type: "document", media_url, filename: "Bill.pdf" }),
    ];
    const stored = [];
    for (const { data } of sent) stored.push((await messages.get(data.message_id)).data);
    assert.deepEqual(stored.map(({ type, text, filename }) => [type, text, filename]), [
      ["text", "Hi", null],
      ["template", null, null],
      ["image", "A picture", null],
      ["document", null, "Bill.pdf"],
    ]);
    const [, template] = stored;
    assert.deepEqual(template?.template, {
      name: "order_shipped",
      language: "en_US",
      params: ["Ann", "1042"],
    });
  },

  "send with a key that was used sends nothing and says so": async (world) => {
    const { id, key } = await world.makeAccount();
    const { messages } = world.client(key);
    const options = { idempotencyKey: "order-1042-shipped" };
    const first = await messages.send({ to: TO, text: "Shipped" }, options);
    const second = await messages.send({ to: TO, text: "Shipped" }, options);
    assert.deepEqual([first.replayed, second.replayed], [false, true]);
    assert.equal(second.data.message_id, first.data.message_id);
    assert.equal(second.idempotencyKey, "order-1042-shipped");
    const { deliveries, messages: rows } = await world.countSent(id);
    assert.deepEqual([deliveries, rows], [1, 1]);
  },

  "send without a key makes a new one for each call": async (world) => {
    const { id, key } = await world.makeAccount();
    const { messages } = world.client(key);
    const first = await messages.send({ to: TO, text: "Same" });
    const second = await messages.send({ to: TO, text: "Same" });
    assert.match(first.idempotencyKey, UUID);
    assert.notEqual(second.idempotencyKey, first.idempotencyKey);
    assert.deepEqual(await world.countSent(id), { deliveries: 2, messages: 2, idempotencyKeys: 2 });
  },

  "send sends one message when the answer is lost on a kept connection": async (world) => {
    const { id, key } = await world.makeAccount();
    const client = world.client(key);
    const text = `answer lost ${crypto.randomUUID()}`;
    await client.me();
    await world.loseNext(text, "answer");
    const sent = await client.messages.send({ to: TO, text });
    // Two requests, both made by the client: had the runtime made the second, it would have counted one.
    assert.deepEqual([sent.attempts, sent.replayed], [2, true]);
    assert.deepEqual(await world.countSent(id), { deliveries: 1, messages: 1, idempotencyKeys: 1 });
  },

  "send sends one message when the request is lost": async (world) => {
    const { id, key } = await world.makeAccount();
    const text = `request lost ${crypto.randomUUID()}`;
    await world.loseNext(text, "request");
    const sent = await world.client(key).messages.send({ to: TO, text });
    assert.deepEqual([sent.attempts, sent.replayed], [2, false]);
    assert.deepEqual(await world.countSent(id), { deliveries: 1, messages: 1, idempotencyKeys: 1 });
  },

  "send sends one message when the first request comes late": async (world) => {
    const { id, key } = await world.makeAccount();
    const text = `held up ${crypto.randomUUID()}`;
    await world.loseNext(text, "time");
    const sent = await world.client(key, { timeoutMs: 1500 }).messages.send({ to: TO, text });
    assert.ok(sent.attempts >= 2, String(sent.attempts));
    await world.release();
    assert.deepEqual(await world.countSent(id), { deliveries: 1, messages: 1, idempotencyKeys: 1 });
  },

  "send waits for an earlier request with its key that is still being sent": async (world) => {
    const { id, key } = await world.makeAccount();
    const statuses: number[] = [];
    const watched = world.client(key, { fetch: watchedFetch(statuses) });
    const input = { to: TO, text: `slow ${crypto.randomUUID()}` };
    const options = { idempotencyKey: "k" };
    const isHeld = world.holdAtMeta(input.text);
    const first = world.client(key).messages.send(input, options);
    await isHeld;
    const sending = watched.messages.send(input, options);
    await eventually(() => statuses.length > 0, PATIENCE_MS);
    await world.releaseAtMeta();
    const [sent, second] = await Promise.all([first, sending]);
    // 409 idempotency_in_progress with Retry-After, until the first one has its answer.
    assert.deepEqual([...new Set(statuses)], [409, 201]);
    assert.deepEqual([second.replayed, second.attempts, second.data], [
      true,
      statuses.length,
      sent.data,
    ]);
    assert.deepEqual(await world.countSent(id), { deliveries: 1, messages: 1, idempotencyKeys: 1 });
  },

  "send does not repeat an outcome that is unknown, and its error has the key": async (world) => {
    const { id, key } = await world.makeAccount();
    await world.setFault(id, { kind: "closeAfterRead" });
    const { messages } = world.client(key);
    const error = await messages.send({ to: TO, text: "Lost" }).catch((error) => error);
    assert.ok(error instanceof world.api.MessagesApiError, String(error));
    assert.deepEqual([error.code, error.status, error.retryable, error.attempts], [
      "outcome_unknown",
      504,
      false,
      1,
    ]);
    assert.equal((await world.countSent(id)).deliveries, 1);
    const { data } = await messages.get(error.details.message_id ?? "");
    assert.equal(data.status, "unknown");
    const idempotencyKey = error.idempotencyKey ?? "";
    const again = await messages.send({ to: TO, text: "Lost" }, { idempotencyKey }).catch((error) =>
      error
    );
    assert.deepEqual([again.code, again.status, again.attempts], ["outcome_unknown", 409, 1]);
    assert.equal((await world.countSent(id)).deliveries, 1);
  },

  "send repeats itself with the same key and the same bytes": expectOneRepeat,

  ...Object.fromEntries((["reset", "close", "halfStatusLine"] as const).flatMap((cut) => [
    [
      `the runtime writes no send again on a kept connection that breaks (${cut})`,
      (world: World) => expectNoRepeat(world, cut, "send"),
    ],
    [
      `the runtime writes no change again on a kept connection that breaks (${cut})`,
      (world: World) => expectNoRepeat(world, cut, "update"),
    ],
  ])),
};

/** The peer answers the first request of a connection and cuts it after reading the second whole. */
async function expectNoRepeat(
  world: World,
  cut: "reset" | "close" | "halfStatusLine",
  call: "send" | "update",
): Promise<void> {
  const peer = await world.startPeer([TAKEN, { cut }, TAKEN]);
  const options = { baseUrl: peer.url, apiKey: "wacrm_test_x", maxRetries: 0 };
  const client = new world.api.MessagesClient(options);
  const run = (text: string) =>
    call === "send"
      ? client.messages.send({ to: TO, text })
      : client.contacts.update("c", { name: text });
  await run("first");
  // Node keeps a connection only some moments after the answer was read.
  assert.equal((await peer.received()).length, 1);
  const error = await run("second").catch((error) => error);
  assert.ok(error instanceof world.api.MessagesConnectionError, String(error));
  assert.equal(error.reason, "lost");
  const received = await peer.received();
  assert.deepEqual(received.map(({ body }) => /first|second/.exec(body)?.[0]), ["first", "second"]);
  // Both came on one connection: there was one to be kept, and to break.
  assert.deepEqual(received.map(({ connection }) => connection), [1, 1]);
}

/** With repetitions allowed, the client makes the one that there is, with the same key. */
async function expectOneRepeat(world: World): Promise<void> {
  const peer = await world.startPeer([TAKEN, { cut: "reset" }, TAKEN]);
  const client = new world.api.MessagesClient({ baseUrl: peer.url, apiKey: "wacrm_test_x" });
  await client.messages.send({ to: TO, text: "first" });
  const sent = await client.messages.send({ to: TO, text: "second" });
  assert.equal(sent.attempts, 2);
  const [first, second, third, ...more] = (await peer.received()).map(({ headers, body }) => ({
    key: headers["idempotency-key"],
    body,
  }));
  assert.deepEqual(more, []);
  assert.deepEqual(third, second);
  assert.equal(third?.key, sent.idempotencyKey);
  assert.notEqual(first?.key, second?.key);
}
