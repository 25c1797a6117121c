/**
 * The server's own log: one line a request that says what happened, and nothing anywhere that belongs to a customer.
 * The last case reads every line that all cases before have caused.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { type ApiRequest, callApi } from "@/tests/helpers/api_client.ts";
import { mistypedKey, unknownKey } from "@/tests/helpers/bad_keys.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { sendRaw } from "@/tests/helpers/raw_http.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import type { Fault } from "@/tests/simulator/simulator.ts";

const PHONE = "+14155550987";
const TEXT = "Violets-are-blue";
const QUERY = "token=roses-are-red";
const SEND = "/api/v1/messages";

describe("access log", () => {
  let harness: Harness;
  let account: SeededAccount;
  /** What must not be in any line. */
  const secrets: string[] = [PHONE.slice(1), TEXT, "roses-are-red", "415 555", "5550987"];

  beforeAll(async () => {
    harness = await startHarness();
    account = await harness.makeAccount();
    const { key, testKey, accessToken, appSecret } = account;
    for (const { key: text, prefix } of [key, testKey]) {
      secrets.push(text, text.slice(prefix.length));
    }
    secrets.push(accessToken, appSecret);
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  function body(more: Record<string, unknown> = {}): Record<string, unknown> {
    return { to: PHONE, text: TEXT, ...more };
  }

  /** Makes a request and gives its line in the log. */
  async function callAndRead(request: ApiRequest): Promise<Record<string, unknown>> {
    const id = crypto.randomUUID();
    const { status } = await callApi(harness.server.baseUrl, {
      ...request,
      headers: { ...request.headers, "x-request-id": id },
    });
    const isOwn = (line: Record<string, unknown>) =>
      line.event === "request" && line.request_id === id;
    const line = await harness.server.waitForLog(isOwn);
    assertEquals(harness.server.log().filter(isOwn).length, 1);
    assertEquals(line.status, status);
    return line;
  }

  it("a request has one line with method, route, status, duration, request id and key prefix", async () => {
    const line = await callAndRead({
      path: `${SEND}?${QUERY}`,
      key: account.key.key,
      body: body(),
    });
    const { time, duration_ms: durationMs, request_id: _, ...rest } = line;
    assertEquals(rest, {
      level: "info",
      event: "request",
      method: "POST",
      route: "/api/v1/messages",
      status: 201,
      key: account.key.prefix,
    });
    assert(Math.abs(Date.parse(String(time)) - Date.now()) < 10_000);
    assert(Number(durationMs) > 0 && Number(durationMs) < 10_000);
  });

  it("requests without an accepted key have a line without a prefix", async () => {
    const typo = mistypedKey(account.key.key);
    const stranger = unknownKey();
    secrets.push(typo, stranger, stranger.slice(11, 19));
    for (const key of [typo, stranger, "Violets-are-blue"]) {
      const line = await callAndRead({ path: "/api/v1/me", key });
      assertEquals([line.route, line.status, "key" in line], ["/api/v1/me", 401, false]);
    }
  });

  const routes: [string, string, string][] = [
    ["GET", `/api/v1/messages/${TEXT}?${QUERY}`, "/api/v1/messages/:id"],
    ["HEAD", "/api/v1/me", "/api/v1/me"],
    ["DELETE", `/api/v1/me?${QUERY}`, "/api/v1/me"],
    ["OPTIONS", "/api/v1/me", "/api/v1/me"],
    ["GET", `/api/v1/${TEXT}/${PHONE}?${QUERY}`, "/api/:path*"],
    ["GET", `/?${QUERY}`, "/"],
    ["GET", `/docs/errors?${QUERY}`, "/docs/errors"],
    ["GET", "/healthz", "/healthz"],
    ["GET", "/readyz", "/readyz"],
    ["GET", `/${TEXT}/${PHONE}?${QUERY}`, "/:path*"],
    ["GET", `/styles.css?${QUERY}`, "/:path*"],
    ["GET", `/healthz//${TEXT}`, "/:path*"],
  ];
  for (const [method, path, route] of routes) {
    it(`${method} ${path.replaceAll(TEXT, "…").replace(QUERY, "…")} is logged as ${route}`, async () => {
      const line = await callAndRead({ method, path });
      assertEquals([line.method, line.route], [method, route]);
    });
  }

  it("a malformed host has a line too", async () => {
    const id = crypto.randomUUID();
    await sendRaw(harness.server.port, {
      line: `GET /api/v1/me?${QUERY}`,
      host: `<${TEXT}>`,
      headers: { "X-Request-Id": id },
    });
    const line = await harness.server.waitForLog(({ request_id }) => request_id === id);
    assertEquals([line.route, line.status], ["none", 400]);
  });

  const bodies: [string, unknown][] = [
    ["an invalid number", body({ to: `${PHONE}0000000` })],
    ["a number with a trunk 0", body({ to: "+4402079460987" })],
    ["an unknown field", body({ [PHONE]: TEXT })],
    ["broken JSON", `{"to": "${PHONE}", "text": "${TEXT}`],
    ["a private URL", body({ type: "image", media_url: `http://127.0.0.1/?${QUERY}` })],
    ["a template", {
      to: PHONE,
      type: "template",
      template: { name: "hello", params: [TEXT, PHONE] },
    }],
  ];
  for (const [what, sent] of bodies) {
    it(`a request with ${what} has its line`, async () => {
      const line = await callAndRead({ path: SEND, key: account.key.key, body: sent });
      assert([201, 400].includes(Number(line.status)), JSON.stringify(line));
    });
  }

  const faults: [number, Fault][] = [
    [502, { kind: "metaError", code: 131026, status: 400, details: `${PHONE} ${TEXT}` }],
    [502, { kind: "metaError", code: 190, status: 401 }],
    [503, { kind: "throttle", code: 131056 }],
    [504, { kind: "metaError", code: 131000, status: 500, details: PHONE }],
    [504, { kind: "status5xxWithoutBody" }],
    [504, { kind: "malformedJson" }],
    [504, { kind: "resetAfterRead" }],
    [504, { kind: "redirect", location: `https://example.com/?${QUERY}` }],
  ];
  for (const [status, fault] of faults) {
    it(`a send that ends with ${status} (${JSON.stringify(fault).slice(0, 50)}) has its line`, async () => {
      harness.simulator.faults.next(fault);
      const line = await callAndRead({ path: SEND, key: account.key.key, body: body() });
      assertEquals([line.status, line.key], [status, account.key.prefix]);
    });
  }

  it("a fault of the database is logged with its reason", async () => {
    await harness.query(
      `alter table messages add constraint fault check (body <> '${TEXT}-fault') not valid`,
    );
    try {
      const line = await callAndRead({
        path: SEND,
        key: account.key.key,
        body: body({ text: `${TEXT}-fault` }),
      });
      assertEquals(line.status, 500);
      const failure = await harness.server.waitForLog((entry) =>
        entry.event === "request_failed" && entry.request_id === line.request_id
      );
      assertEquals([failure.level, failure.route], ["error", "/api/v1/messages"]);
      assert(JSON.stringify(failure.error).includes("fault"), JSON.stringify(failure));
    } finally {
      await harness.query("alter table messages drop constraint fault");
    }
  });

  it("an Idempotency-Key, a cookie and other headers are not logged", async () => {
    secrets.push("idem-2b", "cookie-2b", "agent-2b", "referer-2b", "203.0.113.7");
    await callAndRead({
      path: SEND,
      key: account.testKey.key,
      body: body(),
      headers: {
        "idempotency-key": "idem-2b",
        cookie: "session=cookie-2b",
        "user-agent": "agent-2b",
        referer: "https://example.com/referer-2b",
        "x-forwarded-for": "203.0.113.7",
      },
    });
  });

  it("no line has a key, a token, a secret, a number, a text or a query", async () => {
    // Also the lines that are written after the answer.
    await callAndRead({ path: "/healthz" });
    const { lines } = harness.server;
    assert(lines.length > 30, String(lines.length));
    for (const line of lines) {
      const found = secrets.filter((secret) => line.includes(secret));
      assertEquals(found, [], line);
    }
  });

  it("every line is one JSON object with time, level and event", () => {
    for (const line of harness.server.log()) {
      assertEquals(
        [typeof line.time, typeof line.level, typeof line.event],
        ["string", "string", "string"],
      );
    }
    // The link for the first admin is kept out of the log on purpose.
    const others = harness.server.lines.filter((line) => !line.startsWith("{"));
    assertEquals(others.map((line) => line.replace(/[^/]+$/, "")), [
      `${harness.server.baseUrl}/setup/`,
    ]);
  });
});
