/**
 * The Idempotency-Key: what a repeated request is answered in every state that its message can be in, and that Meta
 * never gets a message twice because of it.
 */
import { afterAll, afterEach, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { assertApiError } from "@/tests/helpers/api_client.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import {
  countRows,
  messageRows,
  onlyMessage,
  postMessage,
  receivedFrom,
  TEXT_BODY,
} from "@/tests/helpers/sends.ts";

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe("POST /api/v1/messages with an Idempotency-Key", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterEach(() => harness.simulator.faults.clear());
  afterAll(() => harness[Symbol.asyncDispose]());

  const post = (options: Parameters<typeof postMessage>[1]) =>
    postMessage(harness.server.baseUrl, options);

  it("201 replays the five ids and says so, and Meta receives one message", async () => {
    const account = await harness.makeAccount();
    const { key } = account.key;
    const first = await post({ key, idempotencyKey: "order-1" });
    const second = await post({ key, idempotencyKey: "order-1" });
    assertEquals([first.status, second.status], [201, 201]);
    assertEquals(first.headers.get("idempotent-replayed"), null);
    assertEquals(second.headers.get("idempotent-replayed"), "true");
    assertEquals(second.json.data, first.json.data);
    assertEquals(Object.keys(first.json.data).sort(), [
      "contact_created",
      "contact_id",
      "conversation_id",
      "message_id",
      "whatsapp_message_id",
    ]);
    for (const name of ["message_id", "contact_id", "conversation_id"]) {
      assertMatch(second.json.data[name], ID);
    }
    assertEquals(second.json.data.contact_created, true);
    assertEquals(await countRows(harness, account.id), {
      contacts: 1,
      conversations: 1,
      messages: 1,
      keys: 1,
    });
    assertEquals(receivedFrom(harness.simulator, account).length, 1);
  });

  it("201 replays without the warnings of the first answer", async () => {
    const { key } = (await harness.makeAccount()).key;
    const body = { to: "14155550123", text: "Hello" };
    const first = await post({ key, body, idempotencyKey: "k" });
    const second = await post({ key, body, idempotencyKey: "k" });
    assertEquals(first.json.meta.warnings.map(({ code }: { code: string }) => code).sort(), [
      "country_code_assumed",
      "outside_service_window",
    ]);
    assertEquals(second.status, 201);
    assertEquals(Object.keys(second.json), ["data"]);
  });

  it("201 replays contact_created as it was, true for the first send and false for the second", async () => {
    const { key } = (await harness.makeAccount()).key;
    const created: boolean[] = [];
    for (const idempotencyKey of ["a", "b", "a", "b"]) {
      created.push((await post({ key, idempotencyKey })).json.data.contact_created);
    }
    assertEquals(created, [true, false, true, false]);
  });

  for (const status of ["failed", "delivered", "read"]) {
    it(`201 replays a message that Meta later reported as ${status}`, async () => {
      const account = await harness.makeAccount();
      const { key } = account.key;
      const first = await post({ key, idempotencyKey: "k" });
      await harness.query("update messages set status = $2 where account_id = $1", [
        account.id,
        status,
      ]);
      const second = await post({ key, idempotencyKey: "k" });
      assertEquals([second.status, second.json.data], [201, first.json.data]);
      assertEquals((await onlyMessage(harness, account.id)).status, status);
      assertEquals(receivedFrom(harness.simulator, account).length, 1);
    });
  }

  it("201 replays the same JSON value in another order and with other white space", async () => {
    const account = await harness.makeAccount();
    const { key } = account.key;
    const template = { name: "greeting", params: { headerText: "Hi", body: { b: "2", a: "1" } } };
    const body = { to: "+14155550123", type: "template", template };
    const first = await post({ key, body, idempotencyKey: "k" });
    const second = await post({
      key,
      body: `\n{ "template" : {"params": {"body":{"a":"1",   "b":"2"},\t"headerText":"H\\u0069"},
        "name":"greeting"}, "type":"template","to":"+14155550123" }  `,
      idempotencyKey: "k",
    });
    assertEquals([first.status, second.status], [201, 201]);
    assertEquals(second.headers.get("idempotent-replayed"), "true");
    assertEquals(second.json.data, first.json.data);
    assertEquals(receivedFrom(harness.simulator, account).length, 1);
  });

  const OTHER_BODIES: [name: string, body: unknown][] = [
    ["another text", { ...TEXT_BODY, text: "Hello!" }],
    ["the same number spelt differently", { ...TEXT_BODY, to: "+1 415 555 0123" }],
    ["a default written out", { ...TEXT_BODY, type: "text" }],
    ["a further field", { ...TEXT_BODY, name: "Ann" }],
  ];
  for (const [name, body] of OTHER_BODIES) {
    it(`422 refuses ${name} under a used key`, async () => {
      const account = await harness.makeAccount();
      const { key } = account.key;
      await post({ key, idempotencyKey: "k" });
      const answer = await post({ key, body, idempotencyKey: "k" });
      assertApiError(answer, { status: 422, code: "idempotency_mismatch", retryable: false });
      assertEquals((await countRows(harness, account.id)).messages, 1);
      assertEquals(receivedFrom(harness.simulator, account).length, 1);
    });
  }

  it("409 while the first request is being sent, with Retry-After and the message's id", async () => {
    const account = await harness.makeAccount();
    const { key } = account.key;
    harness.simulator.faults.next({ kind: "delay", ms: 700 });
    const first = post({ key, idempotencyKey: "k" });
    await harness.simulator.waitFor(() => receivedFrom(harness.simulator, account).length === 1);
    const second = await post({ key, idempotencyKey: "k" });
    assertApiError(second, { status: 409, code: "idempotency_in_progress", retryable: true });
    assertEquals(second.headers.get("retry-after"), "1");
    const { status, json } = await first;
    assertEquals(status, 201);
    assertEquals(second.json.error.details, { message_id: json.data.message_id });
    const third = await post({ key, idempotencyKey: "k" });
    assertEquals([third.status, third.json.data], [201, json.data]);
    assertEquals(receivedFrom(harness.simulator, account).length, 1);
  });

  it("409 outcome_unknown on every repeat of a send whose outcome is open, until it is settled", async () => {
    const account = await harness.makeAccount();
    const { key } = account.key;
    harness.simulator.faults.next({ kind: "closeAfterRead" });
    const first = await post({ key, idempotencyKey: "k" });
    assertApiError(first, { status: 504, code: "outcome_unknown", retryable: false });
    const { details } = first.json.error;
    for (let repeat = 0; repeat < 2; repeat++) {
      const again = await post({ key, idempotencyKey: "k" });
      assertApiError(again, { status: 409, code: "outcome_unknown", retryable: false });
      assertEquals(again.json.error.details, { message_id: details.message_id });
      assertMatch(again.json.error.message, /new Idempotency-Key/);
    }
    const mismatch = await post({ key, body: { ...TEXT_BODY, text: "x" }, idempotencyKey: "k" });
    assertApiError(mismatch, { status: 422, code: "idempotency_mismatch" });
    assertEquals(await countRows(harness, account.id), {
      contacts: 1,
      conversations: 1,
      messages: 1,
      keys: 1,
    });
    // What a status webhook does to the row.
    await harness.query(
      "update messages set status = 'delivered', wamid = 'wamid.X' where account_id = $1",
      [account.id],
    );
    const settled = await post({ key, idempotencyKey: "k" });
    assertEquals(settled.status, 201);
    assertEquals(settled.headers.get("idempotent-replayed"), "true");
    assertEquals(settled.json.data.message_id, details.message_id);
    assertEquals(settled.json.data.whatsapp_message_id, "wamid.X");
    assertEquals(settled.json.data.contact_created, true);
    assertEquals(receivedFrom(harness.simulator, account).length, 1);
  });

  it("201 for a new key after outcome_unknown: a second message, as the answer says", async () => {
    const account = await harness.makeAccount();
    const { key } = account.key;
    harness.simulator.faults.next({ kind: "resetAfterRead" });
    assertEquals((await post({ key, idempotencyKey: "k1" })).status, 504);
    assertEquals((await post({ key, idempotencyKey: "k2" })).status, 201);
    assertEquals((await messageRows(harness, account.id)).map(({ status }) => status), [
      "unknown",
      "sent",
    ]);
  });

  it("201 as a new attempt with a new message id after Meta refused the first", async () => {
    const account = await harness.makeAccount();
    const { key } = account.key;
    harness.simulator.faults.next({ kind: "metaError", code: 131026 });
    const first = await post({ key, idempotencyKey: "k" });
    assertApiError(first, { status: 502, code: "meta_error" });
    assertEquals((await countRows(harness, account.id)).keys, 0);
    const second = await post({ key, idempotencyKey: "k" });
    assertEquals(second.status, 201);
    assertEquals(second.headers.get("idempotent-replayed"), null);
    assertNotEquals(second.json.data.message_id, first.json.error.details.message_id);
    // The contact stays from the first attempt.
    assertEquals(second.json.data.contact_created, false);
    assertEquals((await messageRows(harness, account.id)).map(({ status }) => status), [
      "failed",
      "sent",
    ]);
    const third = await post({ key, idempotencyKey: "k" });
    assertEquals(third.json.data, second.json.data);
    assertEquals(receivedFrom(harness.simulator, account).length, 2);
  });

  it("201 for another body under the key of a refused send: the key is free", async () => {
    const { key } = (await harness.makeAccount()).key;
    harness.simulator.faults.next({ kind: "metaError", code: 131056 });
    const first = await post({ key, idempotencyKey: "k" });
    assertApiError(first, { status: 503, code: "meta_unavailable", retryable: true });
    const second = await post({ key, body: { ...TEXT_BODY, text: "Other" }, idempotencyKey: "k" });
    assertEquals(second.status, 201);
  });

  it("201 as a new message once the key is 24 hours old, though not yet purged", async () => {
    const account = await harness.makeAccount();
    const { key } = account.key;
    const first = await post({ key, idempotencyKey: "k" });
    const age = (interval: string) =>
      harness.query(
        "update idempotency_keys set created_at = clock_timestamp() - $2::interval where account_id = $1",
        [account.id, interval],
      );
    await age("23 hours 59 minutes");
    const young = await post({ key, idempotencyKey: "k" });
    assertEquals([young.status, young.json.data], [201, first.json.data]);
    await age("24 hours 1 second");
    const old = await post({ key, body: { ...TEXT_BODY, text: "Other" }, idempotencyKey: "k" });
    assertEquals(old.status, 201);
    assertEquals(old.headers.get("idempotent-replayed"), null);
    assertNotEquals(old.json.data.message_id, first.json.data.message_id);
    assertEquals(old.json.data.contact_created, false);
    const again = await post({ key, body: { ...TEXT_BODY, text: "Other" }, idempotencyKey: "k" });
    assertEquals([again.status, again.json.data], [201, old.json.data]);
    assertEquals(await countRows(harness, account.id), {
      contacts: 1,
      conversations: 1,
      messages: 2,
      keys: 1,
    });
    assertEquals(receivedFrom(harness.simulator, account).length, 2);
  });

  it("201 for the same key in two accounts: each sends its own message", async () => {
    const [one, two] = [await harness.makeAccount(), await harness.makeAccount()];
    const first = await post({ key: one.key.key, idempotencyKey: "shared" });
    const second = await post({ key: two.key.key, idempotencyKey: "shared" });
    const test = await post({ key: one.testKey.key, idempotencyKey: "shared" });
    assertEquals([first.status, second.status, test.status], [201, 201, 201]);
    for (const answer of [first, second, test]) {
      assertEquals(answer.headers.get("idempotent-replayed"), null);
    }
    assertEquals(receivedFrom(harness.simulator, one).length, 1);
    assertEquals(receivedFrom(harness.simulator, two).length, 1);
    assertEquals((await countRows(harness, one.testId)).messages, 1);
  });

  it("201 for the same key with two API keys of one account: the second replays", async () => {
    const account = await harness.makeAccount();
    const other = await harness.makeKey({ accountId: account.id });
    const first = await post({ key: account.key.key, idempotencyKey: "k" });
    const second = await post({ key: other.key, idempotencyKey: "k" });
    assertEquals([second.status, second.json.data], [201, first.json.data]);
  });

  it("201 once and Meta receives one message for ten simultaneous requests with one key", async () => {
    const account = await harness.makeAccount();
    const { key } = account.key;
    harness.simulator.faults.next({ kind: "delay", ms: 100 });
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => post({ key, idempotencyKey: "k" })),
    );
    const fresh = answers.filter(({ status, headers }) =>
      status === 201 && headers.get("idempotent-replayed") === null
    );
    assertEquals(fresh.length, 1);
    const messageId = fresh[0]?.json.data.message_id;
    for (const answer of answers.filter((other) => other !== fresh[0])) {
      if (answer.status === 201) assertEquals(answer.json.data, fresh[0]?.json.data);
      else {
        assertApiError(answer, { status: 409, code: "idempotency_in_progress" });
        assertEquals(answer.json.error.details.message_id, messageId);
      }
    }
    assertEquals(await countRows(harness, account.id), {
      contacts: 1,
      conversations: 1,
      messages: 1,
      keys: 1,
    });
    assertEquals(receivedFrom(harness.simulator, account).length, 1);
  });

  it("400 for a refused reply target leaves the key free for a corrected request", async () => {
    const account = await harness.makeAccount();
    const { key } = account.key;
    const body = { ...TEXT_BODY, reply_to_message_id: crypto.randomUUID() };
    const refused = await post({ key, body, idempotencyKey: "k" });
    assertApiError(refused, { status: 400, code: "bad_request" });
    assertEquals(await countRows(harness, account.id), {
      contacts: 0,
      conversations: 0,
      messages: 0,
      keys: 0,
    });
    const corrected = await post({ key, idempotencyKey: "k" });
    assertEquals(corrected.status, 201);
    assertEquals(corrected.headers.get("idempotent-replayed"), null);
    assertEquals(receivedFrom(harness.simulator, account).length, 1);
  });

  it("400 whatsapp_not_configured leaves no key behind", async () => {
    const account = await harness.makeAccount({ connected: false });
    const answer = await post({ key: account.key.key, idempotencyKey: "k" });
    assertApiError(answer, { status: 400, code: "whatsapp_not_configured" });
    assertEquals(await countRows(harness, account.id), {
      contacts: 0,
      conversations: 0,
      messages: 0,
      keys: 0,
    });
  });

  it("400 for a refused reply target leaves an expired key as it was", async () => {
    const account = await harness.makeAccount();
    const { key } = account.key;
    await post({ key, idempotencyKey: "k" });
    await harness.query(
      "update idempotency_keys set created_at = clock_timestamp() - interval '25 hours' where account_id = $1",
      [account.id],
    );
    const read = () =>
      harness.query("select * from idempotency_keys where account_id = $1", [account.id]);
    const before = await read();
    const body = { ...TEXT_BODY, reply_to_message_id: crypto.randomUUID() };
    assertEquals((await post({ key, body, idempotencyKey: "k" })).status, 400);
    assertEquals(await read(), before);
  });

  const MALFORMED: [name: string, lines: string[]][] = [
    ["an empty key", [""]],
    ["a key of 256 characters", ["x".repeat(256)]],
    ["a key with a space", ["order 1"]],
    ["a key with a tab", ["order\t1"]],
    ["a key that is not ASCII", ["ordér"]],
    ["two keys", ["a", "b"]],
    ["the same key twice", ["a", "a"]],
  ];
  for (const [name, values] of MALFORMED) {
    it(`400 refuses ${name}`, async () => {
      const account = await harness.makeAccount();
      const answer = await postRaw(harness.server.port, { key: account.key.key, values });
      assertEquals(answer.status, 400, answer.text);
      assertEquals(answer.json.error.code, "bad_request");
      assertEquals(answer.json.error.details.issues.length, 1);
      assertEquals(answer.json.error.details.issues[0].path, "Idempotency-Key");
      assertEquals(await countRows(harness, account.id), {
        contacts: 0,
        conversations: 0,
        messages: 0,
        keys: 0,
      });
      assertEquals(receivedFrom(harness.simulator, account).length, 0);
    });
  }

  it("201 accepts a key of 255 characters and every visible ASCII character", async () => {
    const { key } = (await harness.makeAccount()).key;
    const visible = String.fromCharCode(...Array.from({ length: 94 }, (_, index) => 0x21 + index));
    for (const idempotencyKey of ["x".repeat(255), visible]) {
      assertEquals((await post({ key, idempotencyKey })).status, 201);
      const replayed = await post({ key, idempotencyKey });
      assertEquals(replayed.headers.get("idempotent-replayed"), "true");
    }
  });

  it("201 for keys that differ in case alone: two messages", async () => {
    const account = await harness.makeAccount();
    const { key } = account.key;
    await post({ key, idempotencyKey: "Order" });
    await post({ key, idempotencyKey: "order" });
    assertEquals((await countRows(harness, account.id)).messages, 2);
  });

  it("409 outcome_unknown after a time-out in the sandbox, under a test key", async () => {
    const account = await harness.makeAccount();
    const { key } = account.testKey;
    const body = { ...TEXT_BODY, to: "+15005550014" };
    const first = await post({ key, body, idempotencyKey: "k" });
    assertApiError(first, { status: 504, code: "outcome_unknown" });
    const row = await eventually(async () => {
      const [message] = await messageRows(harness, account.testId);
      return message?.status === "unknown" && message;
    });
    const again = await post({ key, body, idempotencyKey: "k" });
    assertApiError(again, { status: 409, code: "outcome_unknown" });
    assertEquals(again.json.error.details.message_id, row.id);
    assert(row.wamid === null);
  });
});

/** Header fields that no HTTP client would send. */
async function postRaw(
  port: number,
  options: { key: string; values: string[] },
  // deno-lint-ignore no-explicit-any -- tests reach into answers whose shape is what they assert
): Promise<{ status: number; text: string; json: any }> {
  const body = JSON.stringify(TEXT_BODY);
  const request = [
    "POST /api/v1/messages HTTP/1.1",
    "Host: localhost",
    `Authorization: Bearer ${options.key}`,
    "Content-Type: application/json",
    `Content-Length: ${body.length}`,
    ...options.values.map((value) => `Idempotency-Key: ${value}`),
    "Connection: close",
    "",
    body,
  ].join("\r\n");
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const writer = connection.writable.getWriter();
  await writer.write(new TextEncoder().encode(request));
  const text = await new Response(connection.readable).text();
  writer.releaseLock();
  const status = Number(text.slice("HTTP/1.1 ".length, "HTTP/1.1 200".length));
  return { status, text, json: JSON.parse(text.slice(text.indexOf("\r\n\r\n"))) };
}
