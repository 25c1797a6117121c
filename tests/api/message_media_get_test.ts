/** `GET /api/v1/messages/{id}/media`: the file is asked for anew, passed on as it comes, and can harm nobody. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { assertApiError } from "@/tests/helpers/api_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { type InboundRow, newWriter, receive } from "@/tests/helpers/inbound.ts";
import { routeContract } from "@/tests/helpers/route_contract.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import { startSimulator } from "@/tests/simulator/simulator.ts";

const MIB = 1024 * 1024;
const UNKNOWN = "/api/v1/messages/01a2049d-e235-738c-b85a-dd9bd55b47d3/media";

describe("GET /api/v1/messages/{id}/media", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  routeContract({
    harness: () => harness,
    method: "GET",
    path: UNKNOWN,
    scope: "messages:read",
    allow: "GET, HEAD, OPTIONS",
  });

  /** An account, and a file that somebody sent to it. */
  async function receiveFile(
    options: {
      bytes?: Uint8Array;
      size?: number;
      pieces?: () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
      url?: string;
      mimeType?: string;
      filename?: string;
    } = {},
  ): Promise<{ account: SeededAccount; row: InboundRow; mediaId: string; path: string }> {
    const account = await harness.makeAccount();
    const { bytes = new Uint8Array([1, 2, 3, 255, 0]), mimeType = "application/pdf" } = options;
    const mediaId = crypto.randomUUID();
    harness.simulator.addFile({
      id: mediaId,
      accessToken: account.accessToken,
      mimeType,
      size: options.size ?? bytes.length,
      pieces: options.pieces ?? (() => [bytes]),
      ...(options.url === undefined ? {} : { url: options.url }),
    });
    const row = await receive(harness, account, {
      from: newWriter(),
      message: {
        type: "document",
        document: {
          id: mediaId,
          mime_type: mimeType,
          ...(options.filename === undefined ? {} : { filename: options.filename }),
        },
      },
    });
    return { account, row, mediaId, path: `/api/v1/messages/${row.id}/media` };
  }

  function open(
    file: { account: SeededAccount; path: string },
    init: RequestInit = {},
  ): Promise<Response> {
    return fetch(`${harness.server.baseUrl}${file.path}`, {
      headers: { authorization: `Bearer ${file.account.key.key}` },
      redirect: "manual",
      ...init,
    });
  }

  const requestsFor = (mediaId: string) =>
    harness.simulator.received().filter(({ path }) => path.includes(mediaId)).map(({ path }) =>
      path
    );

  it("200 gives the bytes with headers that make them a download", async () => {
    const file = await receiveFile({ filename: "Bill.pdf" });
    const response = await open(file);
    assertEquals(response.status, 200);
    assertEquals(await response.bytes(), new Uint8Array([1, 2, 3, 255, 0]));
    const header = (name: string) => response.headers.get(name);
    assertEquals(
      [header("content-type"), header("content-length"), header("content-disposition")],
      ["application/pdf", "5", "attachment; filename=\"Bill.pdf\"; filename*=UTF-8''Bill.pdf"],
    );
    assertEquals(
      [
        header("x-content-type-options"),
        header("content-security-policy"),
        header("cache-control"),
      ],
      ["nosniff", "sandbox", "private, no-store"],
    );
    assert(header("x-request-id"));
  });

  it("200 has a name of its own for a file without one", async () => {
    const file = await receiveFile();
    const response = await open(file);
    await response.bytes();
    const name = `document-${file.row.id}`;
    assertEquals(
      response.headers.get("content-disposition"),
      `attachment; filename="${name}"; filename*=UTF-8''${name}`,
    );
  });

  it("200 keeps a name from becoming another header, a path or another ending", async () => {
    const file = await receiveFile({ filename: "a\"\r\nset-cookie: x=y\\../é'(1)\u202Egpj.html" });
    const response = await open(file);
    await response.bytes();
    assertEquals(response.status, 200);
    assertEquals(response.headers.get("set-cookie"), null);
    assertEquals(
      response.headers.get("content-disposition"),
      'attachment; filename="a___set-cookie: x=y_..__\'(1)_gpj.html"; ' +
        "filename*=UTF-8''a%22__set-cookie%3A%20x%3Dy_.._%C3%A9%27%281%29_gpj.html",
    );
  });

  for (
    const [mimeType, expected] of [
      ["audio/ogg; codecs=opus", "audio/ogg; codecs=opus"],
      ["text/html", "text/html"],
      ["nonsense", "application/octet-stream"],
      ["text/html\r\nx-evil: 1", "application/octet-stream"],
    ] as const
  ) {
    it(`200 answers ${JSON.stringify(mimeType)} as ${expected}, never to be rendered`, async () => {
      const account = await harness.makeAccount();
      const mediaId = crypto.randomUUID();
      harness.simulator.addFile({
        id: mediaId,
        accessToken: account.accessToken,
        mimeType: "image/png",
        size: 1,
        pieces: () => [new Uint8Array(1)],
      });
      const row = await receive(harness, account, {
        from: newWriter(),
        message: { type: "image", image: { id: mediaId, mime_type: mimeType } },
      });
      const response = await open({ account, path: `/api/v1/messages/${row.id}/media` });
      await response.bytes();
      assertEquals([response.status, response.headers.get("content-type")], [200, expected]);
      assertEquals(response.headers.get("x-evil"), null);
      assertEquals(response.headers.get("content-security-policy"), "sandbox");
    });
  }

  it("200 asks Meta for the URL anew each time", async () => {
    const file = await receiveFile();
    for (let time = 0; time < 2; time++) await (await open(file)).bytes();
    const paths = requestsFor(file.mediaId);
    assertEquals(paths.map((path) => path.startsWith("/files/")), [false, true, false, true]);
    assertEquals(new Set(paths).size, 3);
    const asked = harness.simulator.received().find(({ path }) =>
      path === `/v25.0/${file.mediaId}`
    );
    assertEquals(asked?.query, { phone_number_id: file.account.phoneNumberId ?? "" });
  });

  it("200 passes a large file on while it still comes", async () => {
    const gate = Promise.withResolvers<void>();
    const piece = new Uint8Array(MIB).fill(7);
    const file = await receiveFile({
      size: 20 * MIB,
      pieces: async function* () {
        yield piece;
        await gate.promise;
        for (let index = 1; index < 20; index++) yield piece;
      },
    });
    const response = await open(file);
    const reader = response.body?.getReader();
    if (reader === undefined) throw new Error("There is no body");
    const first = await reader.read();
    assertEquals(first.done, false);
    // Only now is the rest sent: what was read came through before the end was there.
    gate.resolve();
    let length = first.value?.length ?? 0;
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      length += next.value.length;
    }
    assertEquals([length, response.headers.get("content-length")], [20 * MIB, String(20 * MIB)]);
  });

  it("a client that hangs up ends the download", async () => {
    const ended = Promise.withResolvers<number>();
    const piece = new Uint8Array(64 * 1024);
    const file = await receiveFile({
      size: 1024 * MIB,
      pieces: function* () {
        let sent = 0;
        try {
          while (sent < 1024 * MIB) {
            sent += piece.length;
            yield piece;
          }
        } finally {
          ended.resolve(sent);
        }
      },
    });
    const hangUp = new AbortController();
    const response = await open(file, { signal: hangUp.signal });
    const reader = response.body?.getReader();
    await reader?.read();
    hangUp.abort();
    await reader?.read().catch(() => {});
    assert(await ended.promise < 1024 * MIB);
    assertEquals((await harness.call({ path: "/healthz" })).status, 200);
  });

  it("a download that breaks off breaks off for the client too", async () => {
    const file = await receiveFile({ size: 10, pieces: () => [new Uint8Array(5)] });
    const response = await open(file);
    assertEquals(response.status, 200);
    await assertRejects(() => response.bytes());
    assertEquals((await harness.call({ path: "/healthz" })).status, 200);
  });

  it("HEAD 200 has the headers of GET and ends the download", async () => {
    const file = await receiveFile();
    const response = await open(file, { method: "HEAD" });
    assertEquals([response.status, await response.text()], [200, ""]);
    assertEquals(response.headers.get("content-type"), "application/pdf");
    assertEquals(response.headers.get("content-security-policy"), "sandbox");
    assertEquals((await harness.call({ path: "/healthz" })).status, 200);
  });

  it("404 for a message without a file, in both directions", async () => {
    const account = await harness.makeAccount();
    const inbound = await receive(harness, account, { from: newWriter() });
    const sent = await harness.call({
      path: "/api/v1/messages",
      key: account.key.key,
      body: { to: "+14155550123", type: "image", media_url: "https://example.com/a.png" },
    });
    for (const id of [inbound.id, sent.json.data.message_id]) {
      const answer = await harness.call({
        path: `/api/v1/messages/${id}/media`,
        key: account.key.key,
      });
      assertApiError(answer, { status: 404, code: "not_found", retryable: false });
    }
  });

  it("404 for a message of another account, of the test twin, unknown or misspelt; Meta is not asked", async () => {
    const file = await receiveFile();
    const stranger = await harness.makeAccount();
    for (const key of [stranger.key.key, stranger.testKey.key, file.account.testKey.key]) {
      assertApiError(await harness.call({ path: file.path, key }), {
        status: 404,
        code: "not_found",
      });
    }
    for (const path of [UNKNOWN, "/api/v1/messages/nonsense/media"]) {
      const answer = await harness.call({ path, key: file.account.key.key });
      assertApiError(answer, { status: 404, code: "not_found" });
    }
    assertEquals(requestsFor(file.mediaId), []);
  });

  it("502 meta_error when Meta refuses the media id, with what it said", async () => {
    const account = await harness.makeAccount();
    const row = await receive(harness, account, {
      from: newWriter(),
      message: { type: "image", image: { id: "404404", mime_type: "image/png" } },
    });
    const answer = await harness.call({
      path: `/api/v1/messages/${row.id}/media`,
      key: account.key.key,
    });
    assertApiError(answer, { status: 502, code: "meta_error", retryable: false });
    assertEquals(answer.json.error.details.meta.code, 100);
    assertEquals(answer.text.includes(account.accessToken), false);
  });

  it("400 whatsapp_not_configured when the number was disconnected", async () => {
    const file = await receiveFile();
    await harness.query(
      `update whatsapp_integrations set status = 'disconnected', phone_number_id = null, access_token = null,
         app_secret = null, verify_token = null where account_id = $1`,
      [file.account.id],
    );
    const answer = await harness.call({ path: file.path, key: file.account.key.key });
    assertApiError(answer, { status: 400, code: "whatsapp_not_configured" });
  });

  it("503 for a URL on a host that is not Meta's, which is never called", async () => {
    await using elsewhere = await startSimulator();
    const file = await receiveFile({ url: `${elsewhere.url}/files/x/1` });
    const answer = await harness.call({ path: file.path, key: file.account.key.key });
    assertApiError(answer, { status: 503, code: "meta_unavailable", retryable: true });
    assertEquals(elsewhere.connectionCount(), 0);
  });

  it("503 for a redirect, which is not followed, so that the token goes nowhere else", async () => {
    await using elsewhere = await startSimulator();
    const file = await receiveFile();
    harness.simulator.faults.when(({ path }) => path.startsWith(`/files/${file.mediaId}`), {
      kind: "redirect",
      status: 302,
      location: `${elsewhere.url}/files/x/1`,
    });
    const answer = await harness.call({ path: file.path, key: file.account.key.key });
    assertApiError(answer, { status: 503, code: "meta_unavailable" });
    assertEquals(elsewhere.connectionCount(), 0);
  });

  for (
    const [name, fault] of [
      ["an error of the host of the file", { kind: "status5xxWithoutBody" }],
      ["a broken connection to the host of the file", { kind: "resetAfterRead" }],
      ["a host of the file that never answers", { kind: "neverAnswer" }],
    ] as const
  ) {
    it(`503 for ${name}`, async () => {
      const file = await receiveFile();
      harness.simulator.faults.when(({ path }) => path.startsWith(`/files/${file.mediaId}`), fault);
      const answer = await harness.call({ path: file.path, key: file.account.key.key });
      assertApiError(answer, { status: 503, code: "meta_unavailable", retryable: true });
      assert(answer.headers.get("retry-after"));
      assertEquals(answer.text.includes(file.account.accessToken), false);
    });
  }

  it("503 when Meta does not say where the file is", async () => {
    const file = await receiveFile();
    harness.simulator.faults.when(({ path }) => path.endsWith(file.mediaId), {
      kind: "neverAnswer",
    });
    const answer = await harness.call({ path: file.path, key: file.account.key.key });
    assertApiError(answer, { status: 503, code: "meta_unavailable", retryable: true });
  });
});
