/** The judge of the fuzzer's answers: it condemns what it must, and only that. */
import { assertEquals } from "@std/assert";
import { FuzzClient, type Outcome } from "@/tests/fuzz/connection.ts";
import { type FuzzedRequest, isPlainHttp, toWire } from "@/tests/fuzz/fuzzed_request.ts";
import { judgeLine } from "@/tests/fuzz/server_health.ts";
import { judge } from "@/tests/fuzz/verdict.ts";

const REQUEST: FuzzedRequest = {
  endpoint: "POST /api/v1/messages",
  method: "POST",
  target: "/api/v1/messages",
  headers: [["Host", "127.0.0.1:8000"]],
  body: new TextEncoder().encode("{}"),
  framing: "length",
};

const ERROR = {
  code: "bad_request",
  message: "to: Required",
  request_id: "r1",
  retryable: false,
  doc_url: "http://localhost/docs/errors#bad_request",
};

function answer(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): Outcome {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const own = { "content-type": "application/json", "x-request-id": "r1", ...headers };
  return {
    kind: "answer",
    answer: { status, headers: new Headers(own), body: new TextEncoder().encode(text) },
  };
}

Deno.test("judge() has nothing against answers that are as they must be", () => {
  const good: [Outcome, Partial<FuzzedRequest>?][] = [
    [answer(201, { data: {} })],
    [answer(200, { data: [], meta: { next_cursor: null } })],
    [answer(400, { error: ERROR })],
    [answer(409, { error: { ...ERROR, code: "outcome_unknown" } })],
    [answer(500, { error: { ...ERROR, code: "template_malformed" } })],
    [answer(204, "", { allow: "GET" }), { method: "OPTIONS" }],
    [answer(200, ""), { method: "HEAD" }],
    [answer(303, ""), { target: "/" }],
    [answer(503, { status: "database_unavailable" }), { target: "/readyz" }],
    [answer(200, { data: {} }), { headers: [...REQUEST.headers, ["X-Request-Id", "r1"]] }],
  ];
  for (const [outcome, request] of good) {
    const error = outcome.kind === "answer" ? codeIn(outcome.answer.body) : null;
    if (error !== null) replaceDocUrl(outcome, error);
    assertEquals(judge({ ...REQUEST, ...request }, outcome), []);
  }
});

Deno.test("judge() condemns every answer that is not", () => {
  const bad: [Outcome, Partial<FuzzedRequest>?][] = [
    [answer(500, "Internal Server Error")],
    [answer(500, ""), { target: "/healthz" }],
    [answer(500, ""), { method: "HEAD" }],
    [answer(502, "Bad gateway"), { target: "/webhooks/whatsapp" }],
    [answer(503, { status: "database_not_migrated" }), { target: "/readyz" }],
    [answer(500, { error: { ...ERROR, code: "internal" } })],
    [answer(503, { error: { ...ERROR, code: "unavailable" } }, { "retry-after": "1" })],
    [answer(200, { result: 1 })],
    [answer(200, "<html>", { "content-type": "text/html" })],
    [answer(201, { data: {}, error: ERROR })],
    [answer(203, { data: {} })],
    [answer(303, "", { location: "/login" })],
    [answer(400, "Bad Request")],
    [answer(404, { error: ERROR })],
    [answer(400, { error: { ...ERROR, code: "no_such_code" } })],
    [answer(400, { error: { ...ERROR, code: "toString" } })],
    [answer(400, { error: { ...ERROR, message: "" } })],
    [answer(400, { error: { ...ERROR, message: "Invalid input: expected string" } })],
    [answer(400, { error: { ...ERROR, request_id: "r2" } })],
    [answer(400, { error: { ...ERROR, retryable: true } })],
    [answer(400, { error: { ...ERROR, doc_url: "http://localhost/docs" } })],
    [answer(400, { error: ERROR }, { "content-type": "text/plain" })],
    [answer(400, { error: ERROR }, { "access-control-allow-origin": "*" })],
    [answer(200, { data: {} }, { "x-request-id": "a b" })],
    [answer(200, { data: {} }), { headers: [...REQUEST.headers, ["X-Request-Id", "mine"]] }],
    [answer(200, { data: {} }), { method: "HEAD" }],
    [answer(204, ""), { method: "OPTIONS" }],
    [answer(404, "Not found"), { target: "/x/../api//v1/nowhere?x" }],
    [answer(404, "Not found"), { target: "http://elsewhere.example/api" }],
    [{ kind: "hang" }],
    [{ kind: "closed", broken: null }],
    [{ kind: "closed", broken: "Ended after 3 of 9 bytes of the body" }],
  ];
  for (const [outcome, request] of bad) {
    const problems = judge({ ...REQUEST, ...request }, outcome);
    assertEquals(problems.length > 0, true, JSON.stringify([outcome, request]));
  }
});

Deno.test("judge() lets the HTTP layer refuse what is no proper HTTP, and nothing else", () => {
  const headers = new Headers();
  const bare: Outcome = {
    kind: "answer",
    answer: { status: 400, headers, body: new Uint8Array() },
  };
  const odd: Partial<FuzzedRequest>[] = [
    { method: "G T" },
    { target: "/api v1" },
    { headers: [] },
    { headers: [["Host", "a b"]] },
    { headers: [...REQUEST.headers, ["X-Nul", "\0"]] },
    { framing: "two lengths" },
  ];
  for (const request of odd) {
    assertEquals(isPlainHttp({ ...REQUEST, ...request }), false);
    assertEquals(judge({ ...REQUEST, ...request }, bare), []);
    assertEquals(judge({ ...REQUEST, ...request }, { kind: "closed", broken: null }), []);
    assertEquals(judge({ ...REQUEST, ...request }, { kind: "hang" }).length, 1);
    assertEquals(judge({ ...REQUEST, ...request }, answer(500, "")).length > 0, true);
  }
  assertEquals(isPlainHttp(REQUEST), true);
  assertEquals(judge(REQUEST, bare).length > 0, true);
});

Deno.test("judgeLine() condemns errors, undeserved warnings and what is no line of the log", () => {
  const line = (fields: Record<string, unknown>) => judgeLine(JSON.stringify(fields)).length;
  assertEquals(line({ level: "info", event: "request" }), 0);
  assertEquals(line({ level: "warn", event: "send_not_accepted" }), 0);
  assertEquals(line({ level: "warn", event: "request_log_not_written" }), 1);
  assertEquals(line({ level: "error", event: "request_failed" }), 1);
  const event = { level: "error", event: "event_not_applied" };
  assertEquals(line({ ...event, error: { name: "ZodError", message: "[]" } }), 0);
  assertEquals(
    line({ ...event, error: { name: "TypeError", message: "The edit has no message" } }),
    0,
  );
  assertEquals(
    line({ ...event, error: { name: "TypeError", message: "Cannot read properties of null" } }),
    1,
  );
  assertEquals(judgeLine("error: Uncaught (in promise) Error: x").length, 1);
});

Deno.test("FuzzClient tells an answer, an end and a hang apart", async () => {
  const replies = [
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "HTTP/1.1 200 OK\r\nConte",
    "",
  ];
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const outcomes: Outcome[] = [];
  for (const reply of [...replies, null]) {
    using client = new FuzzClient({ port: listener.addr.port, hangMs: 200 });
    const exchange = client.exchange({ ...toWire(REQUEST), method: "POST" });
    using connection = await listener.accept();
    await connection.read(new Uint8Array(1_000));
    if (reply !== null) {
      await connection.write(new TextEncoder().encode(reply));
      await connection.closeWrite();
    }
    outcomes.push(await exchange);
  }
  assertEquals(outcomes.map(({ kind }) => kind), ["answer", "closed", "closed", "hang"]);
  const broken = outcomes.map((outcome) => outcome.kind === "closed" && outcome.broken !== null);
  assertEquals(broken, [false, true, false, false]);
  const { port } = listener.addr;
  listener.close();
  using client = new FuzzClient({ port });
  assertEquals(await client.exchange({ ...toWire(REQUEST), method: "POST" }), {
    kind: "closed",
    broken: "The server takes no connection",
  });
});

function codeIn(body: Uint8Array): string | null {
  const json = JSON.parse(new TextDecoder().decode(body) || "{}");
  return json.error?.code ?? null;
}

function replaceDocUrl(outcome: Outcome, code: string): void {
  if (outcome.kind !== "answer") return;
  const json = JSON.parse(new TextDecoder().decode(outcome.answer.body));
  json.error.doc_url = `/docs/errors#${code}`;
  outcome.answer.body = new TextEncoder().encode(JSON.stringify(json));
}
