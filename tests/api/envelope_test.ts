/** The two shapes of every answer of the API, and the headers that go with them. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import type { Fault } from "@/tests/simulator/simulator.ts";
import { type ApiAnswer, type ApiRequest, assertApiError } from "@/tests/helpers/api_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { corsHeaders } from "@/tests/helpers/route_contract.ts";
import { TEXT_BODY } from "@/tests/helpers/sends.ts";

const SEND = "/api/v1/messages";
const JSON_TYPE = { "content-type": "application/json" };
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

interface ErrorCase {
  status: number;
  code: string;
  retryable: boolean;
  request: ApiRequest;
  /** How the key differs from one that may do everything. */
  key?: "none" | "without scopes" | "exhausted" | "of an unconnected account";
  fault?: Fault;
  /** The names in `error.details`; null: there is no such field. */
  details: string[] | null;
  retryAfter?: boolean;
}

const CASES: ErrorCase[] = [
  {
    status: 400,
    code: "bad_request",
    retryable: false,
    request: { path: SEND, body: { to: 1 } },
    details: ["issues"],
  },
  {
    status: 400,
    code: "whatsapp_not_configured",
    retryable: false,
    request: { path: SEND, body: TEXT_BODY },
    key: "of an unconnected account",
    details: null,
  },
  {
    status: 401,
    code: "unauthorized",
    retryable: false,
    request: { path: "/api/v1/me" },
    key: "none",
    details: null,
  },
  {
    status: 403,
    code: "forbidden",
    retryable: false,
    request: { path: SEND, body: TEXT_BODY },
    key: "without scopes",
    details: null,
  },
  {
    status: 404,
    code: "not_found",
    retryable: false,
    request: { path: "/api/v1/messages/1" },
    details: null,
  },
  {
    status: 405,
    code: "method_not_allowed",
    retryable: false,
    request: { method: "PUT", path: SEND },
    details: null,
  },
  {
    status: 413,
    code: "payload_too_large",
    retryable: false,
    request: { path: SEND, body: " ".repeat(256 * 1024 + 1), headers: JSON_TYPE },
    details: null,
  },
  {
    status: 415,
    code: "unsupported_media_type",
    retryable: false,
    request: { path: SEND, body: "to=1", headers: { "content-type": "text/plain" } },
    details: null,
  },
  {
    status: 429,
    code: "rate_limited",
    retryable: true,
    request: { path: "/api/v1/me" },
    key: "exhausted",
    details: null,
    retryAfter: true,
  },
  {
    status: 502,
    code: "meta_error",
    retryable: false,
    request: { path: SEND, body: TEXT_BODY },
    fault: { kind: "metaError", code: 131026, status: 400 },
    details: ["message_id", "meta"],
  },
  {
    status: 503,
    code: "meta_unavailable",
    retryable: true,
    request: { path: SEND, body: TEXT_BODY },
    fault: { kind: "throttle", code: 131056 },
    details: ["message_id", "meta"],
    retryAfter: true,
  },
  {
    status: 504,
    code: "outcome_unknown",
    retryable: false,
    request: { path: SEND, body: TEXT_BODY },
    fault: { kind: "closeAfterRead" },
    details: ["message_id"],
  },
];

describe("envelope", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  async function findKey(wanted: ErrorCase["key"]): Promise<string | null> {
    if (wanted === "none") return null;
    const account = await harness.makeAccount({
      connected: wanted !== "of an unconnected account",
    });
    if (wanted === "without scopes") {
      return (await harness.makeKey({ accountId: account.id, scopes: [] })).key;
    }
    if (wanted !== "exhausted") return account.key.key;
    const { key } = await harness.makeKey({ accountId: account.id, rateLimit: 1 });
    await harness.call({ path: "/api/v1/me", key });
    return key;
  }

  for (const { status, code, retryable, request, details, ...more } of CASES) {
    const { method = request.body === undefined ? "GET" : "POST", path } = request;
    it(`${method} ${path} ${status} ${code} has the documented shape`, async () => {
      const key = await findKey(more.key);
      if (more.fault !== undefined) harness.simulator.faults.next(more.fault);
      const answer = await harness.call({ ...request, ...(key === null ? {} : { key }) });
      assertApiError(answer, { status, code, retryable });
      const { error } = answer.json;
      assertEquals(Object.keys(answer.json), ["error"]);
      assertEquals(
        Object.keys(error),
        ["code", "message", "request_id", "retryable", "doc_url"]
          .concat(details === null ? [] : ["details"]),
      );
      assertEquals(details === null ? null : Object.keys(error.details).sort(), details);
      assertMatch(error.message, /^[A-Za-z].{15,}/s);
      assertEquals(error.doc_url, `${harness.server.baseUrl}/docs/errors#${code}`);
      assertEquals(answer.headers.get("cache-control"), "no-store");
      assertEquals(answer.headers.has("retry-after"), more.retryAfter ?? false);
      assertEquals(corsHeaders(answer), []);
    });
  }

  it("POST /api/v1/messages 422 idempotency_mismatch has the documented shape", async () => {
    const { key } = await harness.makeAccount();
    const send = (text: string) =>
      harness.call({
        path: SEND,
        key: key.key,
        body: { ...TEXT_BODY, text },
        headers: { "idempotency-key": "one" },
      });
    assertEquals((await send("first")).status, 201);
    const answer = await send("second");
    assertApiError(answer, { status: 422, code: "idempotency_mismatch", retryable: false });
    assertEquals("details" in answer.json.error, false);
  });

  it("POST /api/v1/messages 409 idempotency_in_progress has the documented shape", async () => {
    const { key } = await harness.makeAccount();
    const send = () =>
      harness.call({
        path: SEND,
        key: key.key,
        body: TEXT_BODY,
        headers: { "idempotency-key": "one" },
      });
    const count = harness.simulator.received().length;
    harness.simulator.faults.next({ kind: "delay", ms: 500 });
    const first = send();
    await harness.simulator.waitFor((received) => received.length > count);
    const answer = await send();
    assertApiError(answer, { status: 409, code: "idempotency_in_progress", retryable: true });
    assertMatch(answer.headers.get("retry-after") ?? "", /^[1-9]\d*$/);
    assertEquals(answer.json.error.details, { message_id: (await first).json.data.message_id });
  });

  it("POST /api/v1/messages 500 internal names the request id and no reason", async () => {
    const { key } = await harness.makeAccount();
    await harness.query("alter table messages add constraint fault check (body <> 'provoked')");
    try {
      const answer = await harness.call({
        path: SEND,
        key: key.key,
        body: { ...TEXT_BODY, text: "provoked" },
      });
      assertApiError(answer, { status: 500, code: "internal", retryable: false });
      assert(answer.json.error.message.includes(answer.json.error.request_id), answer.text);
      assertEquals(/constraint|messages|postgres|sql/i.test(answer.json.error.message), false);
      assertEquals("details" in answer.json.error, false);
    } finally {
      await harness.query("alter table messages drop constraint fault");
    }
  });

  it("POST /api/v1/messages 201 has data, and meta only when there is something to say", async () => {
    const { key, testKey } = await harness.makeAccount();
    for (const { key: text } of [key, testKey]) {
      const answer = await harness.call({ path: SEND, key: text, body: TEXT_BODY });
      assertEquals(answer.status, 201);
      assertEquals(answer.headers.get("content-type"), "application/json");
      assertEquals(answer.headers.get("cache-control"), "no-store");
      assertEquals(Object.keys(answer.json), ["data", "meta"]);
      assertEquals(Object.keys(answer.json.meta), ["warnings"]);
      for (const warning of answer.json.meta.warnings) {
        assertEquals(Object.keys(warning), ["code", "message"]);
      }
    }
    const me = await harness.call({ path: "/api/v1/me", key: key.key });
    assertEquals(Object.keys(me.json), ["data"]);
  });

  const paths = [
    "/api/v1/me",
    "/api/v1/messages/1",
    "/api/v1/nowhere",
    "/",
    "/nowhere",
    "/docs/errors",
    "/styles.css",
    "/favicon.ico",
    "/healthz",
    "/readyz",
  ];
  for (const path of paths) {
    for (const method of ["GET", "HEAD", "POST", "OPTIONS"]) {
      it(`${method} ${path} keeps a good X-Request-Id and replaces a bad one`, async () => {
        const id = `Az09._:-${crypto.randomUUID()}`.padEnd(128, "x");
        assertEquals((await callWithId({ method, path }, id)).headers.get("x-request-id"), id);
        const made = await Promise.all(["", "a b", "ä", "<b>", "x".repeat(129), null].map(
          async (bad) => {
            const answer = await callWithId({ method, path }, bad);
            const given = answer.headers.get("x-request-id") ?? "";
            assertMatch(given, UUID);
            if (answer.json?.error) assertEquals(answer.json.error.request_id, given);
            return given;
          },
        ));
        assertEquals(new Set(made).size, made.length);
        assertEquals(corsHeaders(await callWithId({ method, path }, null)), []);
      });
    }
  }

  function callWithId(request: ApiRequest, id: string | null): Promise<ApiAnswer> {
    const headers = { origin: "https://example.com" };
    return harness.call({
      ...request,
      // fetch sends bytes: an "ä" goes over the wire as it would from a careless client.
      headers: id === null ? headers : { ...headers, "x-request-id": id },
    });
  }

  it("GET /api/v1/me 200 gives requests ids of their own that rise with time", async () => {
    const { key } = await harness.makeAccount();
    const first = await harness.call({ path: "/api/v1/me", key: key.key });
    const second = await harness.call({ path: "/api/v1/me", key: key.key });
    const ids = [first, second].map(({ headers }) => headers.get("x-request-id") ?? "");
    assertNotEquals(ids[0], ids[1]);
    assertEquals([...ids].sort(), ids);
  });
});

describe("envelope behind a public address", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness({ environment: { APP_URL: "https://wa.example.com/" } });
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  it("GET /api/v1/me 401 has a doc_url under APP_URL, whatever the Host header says", async () => {
    const answer = await harness.call({ path: "/api/v1/me", headers: { host: "evil.example" } });
    assertEquals(
      answer.json.error.doc_url,
      "https://wa.example.com/docs/errors#unauthorized",
    );
  });
});
