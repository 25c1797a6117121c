/** What may be in a request's body before anybody looks at its fields: type, size, encoding, form. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { assertApiError } from "@/tests/helpers/api_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { connectRaw, requestHead, sendRaw } from "@/tests/helpers/raw_http.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import { countRows, receivedFrom } from "@/tests/helpers/sends.ts";

const LIMIT = 256 * 1024;
const BODY = JSON.stringify({ to: "+14155550123", text: "Hello" });
const NOTHING = { contacts: 0, conversations: 0, messages: 0, keys: 0 };
const encoder = new TextEncoder();

describe("POST /api/v1/messages body", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  /** Sends a body with exactly these headers; fetch would add a Content-Type. */
  function send(
    account: SeededAccount,
    request: { body: string | Uint8Array; headers: Record<string, string> },
  ) {
    return sendRaw(harness.server.port, {
      line: "POST /api/v1/messages",
      ...request,
      headers: { Authorization: `Bearer ${account.key.key}`, ...request.headers },
    });
  }

  function sendJson(account: SeededAccount, body: string | Uint8Array) {
    return send(account, { body, headers: { "Content-Type": "application/json" } });
  }

  async function assertNothingStored(account: SeededAccount): Promise<void> {
    assertEquals(await countRows(harness, account.id), NOTHING);
    assertEquals(receivedFrom(harness.simulator, account), []);
  }

  const accepted = [
    "application/json",
    "Application/JSON",
    "application/json; charset=utf-8",
    "application/json;charset=UTF-8",
    'application/json; charset="utf-8"',
    "application/json ; charset=utf8",
    "application/json; profile=x",
    "application/vnd.api+json",
    "application/problem+json; charset=utf-8",
  ];
  for (const type of accepted) {
    it(`POST /api/v1/messages 201 takes the type ${type}`, async () => {
      const account = await harness.makeAccount();
      const answer = await send(account, { body: BODY, headers: { "Content-Type": type } });
      assertEquals(answer.status, 201, answer.text);
    });
  }

  const refused = [
    "",
    "text/plain",
    "text/plain;charset=UTF-8",
    "text/json",
    "application/xml",
    "application/jsonx",
    "application/json-seq",
    "application/x+json+xml",
    "application/json; charset=iso-8859-1",
    "application/json; charset=utf-16",
    "multipart/form-data; boundary=x",
    "json",
  ];
  for (const type of refused) {
    it(`POST /api/v1/messages 415 refuses the type "${type}"`, async () => {
      const account = await harness.makeAccount();
      const answer = await send(account, { body: BODY, headers: { "Content-Type": type } });
      assertApiError(answer, { status: 415, code: "unsupported_media_type", retryable: false });
      await assertNothingStored(account);
    });
  }

  it("POST /api/v1/messages 415 refuses a body without a type and names the right one", async () => {
    const account = await harness.makeAccount();
    const answer = await send(account, { body: BODY, headers: {} });
    assertApiError(answer, { status: 415, code: "unsupported_media_type" });
    assert(answer.json.error.message.includes("Content-Type: application/json"), answer.text);
    await assertNothingStored(account);
  });

  it("POST /api/v1/messages 415 tells users of curl -d which header is missing", async () => {
    const account = await harness.makeAccount();
    const answer = await send(account, {
      body: BODY,
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
    });
    assertApiError(answer, { status: 415, code: "unsupported_media_type" });
    const { message } = answer.json.error;
    assert(message.includes("form") && message.includes("curl"), message);
    assert(message.includes('-H "Content-Type: application/json"'), message);
  });

  const malformed: [string, string | Uint8Array][] = [
    ["no byte", ""],
    ["white space", " \n\t "],
    ["half an object", '{"to": "+1415'],
    ["something after the object", `${BODY} x`],
    ["two objects", BODY + BODY],
    ["single quotes", "{'to': '+14155550123'}"],
    ["a trailing comma", '{"to": "+14155550123",}'],
    ["a comment", '{"to": "+14155550123" /* me */}'],
    ["NaN", '{"to": NaN}'],
    ["a form", "to=%2B14155550123&text=Hello"],
    ["an array", `[${BODY}]`],
    ["an empty array", "[]"],
    ["a number", "42"],
    ["a string", '"+14155550123"'],
    ["null", "null"],
    ["true", "true"],
    [
      "a byte that is not UTF-8",
      Uint8Array.from([...encoder.encode('{"text":"'), 0xff, 0x22, 0x7d]),
    ],
    ["Latin-1", Uint8Array.from([...encoder.encode('{"text":"'), 0xe4, 0x22, 0x7d])],
    [
      "an overlong encoding",
      Uint8Array.from([...encoder.encode('{"a":"'), 0xc0, 0xaf, 0x22, 0x7d]),
    ],
    ["an encoded surrogate", Uint8Array.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ["UTF-16", Uint8Array.from([0xff, 0xfe, ...[...BODY].flatMap((c) => [c.charCodeAt(0), 0])])],
    ["gzip", Uint8Array.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])],
    ["100,000 nested arrays", `{"to":${"[".repeat(100_000)}${"]".repeat(100_000)}}`],
  ];
  for (const [what, body] of malformed) {
    it(`POST /api/v1/messages 400 refuses ${what}`, async () => {
      const account = await harness.makeAccount();
      const answer = await sendJson(account, body);
      assertApiError(answer, { status: 400, code: "bad_request", retryable: false });
      await assertNothingStored(account);
    });
  }

  it("POST /api/v1/messages 201 takes a byte order mark", async () => {
    const account = await harness.makeAccount();
    const answer = await sendJson(account, `\u{feff}${BODY}`);
    assertEquals(answer.status, 201, answer.text);
  });

  it("POST /api/v1/messages 201 takes exactly 256 KiB", async () => {
    const account = await harness.makeAccount();
    const answer = await sendJson(account, BODY.padEnd(LIMIT));
    assertEquals(answer.status, 201, answer.text);
    assertEquals((await countRows(harness, account.id)).messages, 1);
  });

  it("POST /api/v1/messages 413 refuses one byte more", async () => {
    const account = await harness.makeAccount();
    const answer = await sendJson(account, BODY.padEnd(LIMIT + 1));
    assertApiError(answer, { status: 413, code: "payload_too_large", retryable: false });
    assert(answer.json.error.message.includes("256 KiB"), answer.text);
    await assertNothingStored(account);
  });

  it("POST /api/v1/messages 413 counts bytes, not characters", async () => {
    const account = await harness.makeAccount();
    const body = JSON.stringify({ to: "+14155550123", text: "😀".repeat(LIMIT / 4) });
    const answer = await sendJson(account, body);
    assertApiError(answer, { status: 413, code: "payload_too_large" });
  });

  it("POST /api/v1/messages 413 comes by the declared length, without the body", async () => {
    const account = await harness.makeAccount();
    using connection = await connectRaw(harness.server.port);
    await connection.write(requestHead("POST /api/v1/messages", {
      Host: "localhost",
      Authorization: `Bearer ${account.key.key}`,
      "Content-Type": "application/json",
      "Content-Length": String(10 * LIMIT),
    }));
    // Not one byte of the body is sent.
    const answer = await connection.readAnswer();
    assertApiError(answer, { status: 413, code: "payload_too_large" });
    assert(answer.headers.get("connection")?.includes("close"), String(answer.headers));
    await assertNothingStored(account);
  });

  it("POST /api/v1/messages 413 comes in the middle of a chunked body", async () => {
    const account = await harness.makeAccount();
    using connection = await connectRaw(harness.server.port);
    await connection.write(requestHead("POST /api/v1/messages", {
      Host: "localhost",
      Authorization: `Bearer ${account.key.key}`,
      "Content-Type": "application/json",
      "Transfer-Encoding": "chunked",
    }));
    const chunk = " ".repeat(64 * 1024);
    // One chunk more than the limit, and no last chunk: the answer cannot have waited for the end.
    for (let sent = 0; sent <= LIMIT; sent += chunk.length) {
      await connection.write(`${chunk.length.toString(16)}\r\n${chunk}\r\n`);
    }
    const answer = await connection.readAnswer();
    assertApiError(answer, { status: 413, code: "payload_too_large" });
    await assertNothingStored(account);
  });

  it("POST /api/v1/messages 201 takes a chunked body", async () => {
    const account = await harness.makeAccount();
    using connection = await connectRaw(harness.server.port);
    await connection.write(requestHead("POST /api/v1/messages", {
      Host: "localhost",
      Authorization: `Bearer ${account.key.key}`,
      "Content-Type": "application/json",
      "Transfer-Encoding": "chunked",
      Connection: "close",
    }));
    for (const part of [BODY.slice(0, 7), BODY.slice(7)]) {
      await connection.write(`${part.length.toString(16)}\r\n${part}\r\n`);
    }
    await connection.write("0\r\n\r\n");
    assertEquals((await connection.readAnswer()).status, 201);
  });

  for (const mebibytes of [1, 20]) {
    it(`POST /api/v1/messages 413 reaches a client that sends ${mebibytes} MiB`, async () => {
      const account = await harness.makeAccount();
      const answer = await harness.call({
        path: "/api/v1/messages",
        key: account.key.key,
        body: new Uint8Array(mebibytes * 1024 * 1024).fill(0x20),
      });
      assertApiError(answer, { status: 413, code: "payload_too_large" });
    });
  }

  it("POST /api/v1/messages leaves nothing of a body that breaks off", async () => {
    const account = await harness.makeAccount();
    const requestId = crypto.randomUUID();
    const connection = await connectRaw(harness.server.port);
    await connection.write(requestHead("POST /api/v1/messages", {
      Host: "localhost",
      Authorization: `Bearer ${account.key.key}`,
      "Content-Type": "application/json",
      "Content-Length": String(BODY.length + 10),
      "X-Request-Id": requestId,
    }));
    // The whole object, so that only the length tells that something is missing.
    await connection.write(BODY);
    connection.close();
    const line = await harness.server.waitForLog((entry) => entry.request_id === requestId);
    assertEquals({ event: line.event, status: line.status }, { event: "request", status: 400 });
    await assertNothingStored(account);
    assertEquals((await harness.call({ path: "/healthz" })).status, 200);
  });
});
