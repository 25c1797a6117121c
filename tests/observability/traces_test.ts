/**
 * Spans of a real server process, as a collector receives them: a request, its statements and its call to Meta in one
 * trace, and nothing in all that is exported, or sent to Meta, that says whose message it was or lets anybody in.
 */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { openPages, signIn, TEST_PASSWORD } from "@/tests/helpers/admin_client.ts";
import { readDocumentedEvents } from "@/tests/helpers/documented_events.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import {
  type CollectedSpan,
  type OtlpCollector,
  startOtlpCollector,
} from "@/tests/helpers/otlp_collector.ts";
import { postMessage } from "@/tests/helpers/sends.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import { startServerProcess } from "@/tests/helpers/server_process.ts";
import { CALLBACK_PATH, deliverContent, messageItem } from "@/tests/helpers/webhooks.ts";

const SERVER = 2;
const CLIENT = 3;
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER = "00f067aa0ba902b7";
const PHONE = "+14155550987";
const SENDER = "14155550765";

describe("traces", () => {
  const owned = new AsyncDisposableStack();
  let collector: OtlpCollector;
  let harness: Harness;
  let account: SeededAccount;
  /** By what they are. */
  const secrets: Record<string, string> = { recipient: PHONE.slice(1), sender: SENDER };

  const secret = (name: string) => secrets[name] = randomBytes(16).toString("hex");
  const variables = () => ({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_BSP_SCHEDULE_DELAY: "100",
    OTEL_METRIC_EXPORT_INTERVAL: "500",
    // None of these reaches a server.
    OTEL_DENO_CONSOLE: "capture",
    OTEL_DENO_TRACING: "true",
    OTEL_PROPAGATORS: "tracecontext,baggage",
  });

  beforeAll(async () => {
    collector = owned.use(startOtlpCollector());
    harness = owned.use(
      await startHarness({ environment: { ...variables(), OTEL_DENO: "true" } }),
    );
    account = await harness.makeAccount();
    secrets["API key"] = account.key.key;
    secrets["access token"] = account.accessToken;
    secrets["app secret"] = account.appSecret;
    secrets["verify token"] = account.verifyToken;
    secrets["account id"] = account.id;
    secrets["phone number id"] = String(account.phoneNumberId);
  });
  afterAll(() => owned.disposeAsync());

  const call = (path: string, headers: Record<string, string> = {}) =>
    harness.call({ path, headers });

  it("a send is one trace: the request, both statements, and the call to Meta between them", async () => {
    const answer = await harness.call({
      path: `/api/v1/messages?note=${secret("query")}`,
      key: account.key.key,
      headers: {
        traceparent: `00-${TRACE}-${CALLER}-01`,
        tracestate: `vendor=${secret("tracestate")}`,
        baggage: `user=${secret("baggage")}`,
        "x-request-id": secret("request id"),
        "idempotency-key": secret("idempotency key"),
        "user-agent": secret("user agent"),
      },
      body: { to: PHONE, text: secret("text"), name: secret("name") },
    });
    assertEquals(answer.status, 201, answer.text);
    secrets["message id"] = answer.json.data.message_id;
    secrets["wamid"] = answer.json.data.whatsapp_message_id;
    const isOurs = ({ traceId }: CollectedSpan) => traceId === TRACE;
    const spans =
      (await collector.waitForSpans((all) =>
        all.some((span) => isOurs(span) && span.kind === SERVER)
      )).filter(isOurs);
    const [request] = spans.filter(({ kind }) => kind === SERVER);
    assertEquals([request?.name, request?.parentSpanId], ["POST /api/v1/messages", CALLER]);
    assertEquals(request?.attributes, {
      "http.request.method": "POST",
      "http.route": "/api/v1/messages",
      "http.response.status_code": "201",
    });
    const children = spans.filter((span) => span !== request);
    assert(children.every(({ parentSpanId }) => parentSpanId === request?.spanId));
    assert(children.every(({ kind }) => kind === CLIENT));
    assertEquals(children.map(({ name }) => name).toSorted(), [
      "POST /{id}/messages",
      "SELECT authorize_keys",
      "SELECT begin_sends",
      "SELECT finish_sends",
    ]);
    const attributesOf = (name: string) => children.find((span) => span.name === name)?.attributes;
    assertEquals(attributesOf("POST /{id}/messages"), {
      "http.request.method": "POST",
      "url.template": "/{id}/messages",
      "server.address": "127.0.0.1",
      "http.response.status_code": "200",
    });
    assertEquals(attributesOf("SELECT begin_sends"), {
      "db.system.name": "postgresql",
      "db.operation.name": "SELECT",
    });
    const line = await harness.server.waitForLog(({ trace_id: id }) => id === TRACE);
    assertEquals([line.event, line.route], ["request", "/api/v1/messages"]);
  });

  it("what Meta refuses is an error of the call, and of the request if that ends with 5xx", async () => {
    harness.simulator.faults.next({ kind: "metaError", code: 131047, status: 400 });
    const { key } = account.key;
    const body = { to: PHONE, text: secrets.text };
    assertEquals((await postMessage(harness.server.baseUrl, { key, body })).status, 502);
    const spans = await collector.waitForSpans((all) =>
      all.some(({ kind, status }) => kind === SERVER && status === 2)
    );
    const failed = spans.filter(({ status }) => status === 2);
    assertEquals(
      failed.map(({ name, attributes }) => [name, attributes["error.type"]]).toSorted(),
      [["POST /api/v1/messages", "502"], ["POST /{id}/messages", "400"]],
    );
  });

  it("Meta is sent no header that carries a trace", () => {
    const received = harness.simulator.received();
    assert(received.length >= 2);
    const names = new Set(received.flatMap(({ headers }) => Object.keys(headers)));
    for (const name of ["traceparent", "tracestate", "baggage"]) {
      assertEquals(names.has(name), false, name);
    }
  });

  it("pages, callbacks, links with tokens, searches and sign-ins have spans by their patterns", async () => {
    const admin = await signIn(harness, { account });
    secrets.email = admin.user.email;
    secrets.session = admin.cookies.get("messages_session") ?? "";
    secrets.password = TEST_PASSWORD;
    await admin.get(`/messages?to=${encodeURIComponent(PHONE)}&q=${secret("search")}`);
    await admin.post("/settings/team", {
      action: "invite",
      email: `${secret("invited")}@example.com`,
    });
    await openPages(harness.server.baseUrl).post("/login", {
      email: admin.user.email,
      password: secret("mistyped password"),
    });
    await call(`/setup/${secret("set-up token").padEnd(43, "x")}`);
    await call(`/invite/${secret("invite token").padEnd(43, "x")}`);
    await call(`/api/v1/messages/${secret("path")}`, {
      authorization: `Bearer ${secret("bearer")}`,
    });
    await call(`/${secret("unknown path")}`, { host: "localhost" });
    await call(
      `${CALLBACK_PATH}?hub.mode=subscribe&hub.verify_token=${account.verifyToken}&hub.challenge=1`,
    );
    await deliverContent(harness, account, {
      contacts: [{ wa_id: SENDER, profile: { name: secret("profile name") } }],
      messages: [messageItem({
        id: `wamid.${secret("inbound wamid")}`,
        from: SENDER,
        text: { body: secret("inbound text") },
      })],
    });
    const wanted = [
      "GET /messages",
      "POST /settings/team",
      "POST /login",
      "GET /setup/:token",
      "GET /invite/:token",
      "GET /api/v1/messages/:id",
      "GET /webhooks/whatsapp",
      "POST /webhooks/whatsapp",
      "INSERT meta_events",
    ];
    const spans = await collector.waitForSpans((all) =>
      wanted.every((name) => all.some((span) => span.name === name))
    );
    const roots = spans.filter(({ parentSpanId }) => parentSpanId === "");
    assertEquals(roots.filter(({ kind }) => kind !== SERVER), []);
    assertEquals([...new Set(spans.map(({ scope }) => scope))], ["messages-api"]);
    const attributes = new Set(spans.flatMap((span) => Object.keys(span.attributes)));
    assertEquals([...attributes].toSorted(), [
      "db.operation.name",
      "db.system.name",
      "error.type",
      "http.request.method",
      "http.response.status_code",
      "http.route",
      "server.address",
      "url.template",
    ]);
  });

  it("nothing that was sent, signed in with or searched for is in a byte of what was exported", async () => {
    assertEquals(await harness.server.stop(), 0);
    const exported = collector.exports();
    assertEquals([...new Set(exported.map(({ path }) => path))].toSorted(), [
      "/v1/metrics",
      "/v1/traces",
    ]);
    const text = exported.map((each) => each.text).join("\n");
    assert(text.includes("http.server.request.duration"));
    assert(text.includes("whatsapp-messages-api"));
    assert(Object.keys(secrets).length > 25);
    const found = Object.entries(secrets).filter(([, value]) => {
      // Halves too: a value may have been cut.
      const half = Math.ceil(value.length / 2);
      return [value.slice(0, half), value.slice(-half)].some((part) => text.includes(part));
    });
    assertEquals(found.map(([name]) => name), []);
  });

  it("every line that the server has logged meanwhile is documented", async () => {
    const events = await readDocumentedEvents();
    const wrong = harness.server.log().flatMap(({ time: _, level, event = "", ...fields }) => {
      const known = events.get(event);
      const unknown = Object.keys(fields).filter((field) => !known?.fields.includes(field));
      return known?.level === level && unknown.length === 0 ? [] : [`${level} ${event} ${unknown}`];
    });
    assertEquals(wrong, []);
  });

  it("without OTEL_DENO nothing is exported, whatever other variables say", async () => {
    const before = collector.exports().length;
    const { OTEL_DENO: _, ...environment } = harness.environment();
    await using server = await startServerProcess(environment);
    const { key } = account.key;
    const body = { to: PHONE, text: "Hello" };
    assertEquals((await postMessage(server.baseUrl, { key, body })).status, 201);
    const line = await server.waitForLog(({ event }) => event === "request");
    assertEquals("trace_id" in line, false);
    assertEquals(await server.stop(), 0);
    assertEquals(collector.exports().length, before);
  });

  it("a server in which the runtime would export URLs does not start, and says what to do", async () => {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-prompt", "--allow-all", "--config=deno.json", "main.ts"],
      env: {
        OTEL_DENO: "true",
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_DENO_CONSOLE: "ignore",
        DATA_DIR: "/nowhere",
      },
      clearEnv: true,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).output();
    const text = new TextDecoder().decode(stderr);
    assertEquals(code, 1, text);
    assert(text.startsWith("OTEL_DENO makes the runtime export every URL"), text);
  });
});
