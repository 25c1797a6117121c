/**
 * `GET /metrics` of a real server process: who may read it, that it is what Prometheus reads, that it tells what
 * happened, with and without a database, and that nothing of anybody is in it.
 */
import { afterAll, afterEach, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import type { ApiAnswer } from "@/tests/helpers/api_client.ts";
import { readDocumentedEvents } from "@/tests/helpers/documented_events.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type ExposedMetric, parseExposition, valueOf } from "@/tests/helpers/exposition.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { postgresFromEnvironment } from "@/tests/helpers/postgres_environment.ts";
import { newPhone, postMessage } from "@/tests/helpers/sends.ts";
import { startServerProcess } from "@/tests/helpers/server_process.ts";
import { startTcpGateway, type TcpGateway } from "@/tests/helpers/tcp_gateway.ts";
import {
  bodyOf,
  deliver,
  deliverContent,
  entryOf,
  postCallback,
  statusItem,
} from "@/tests/helpers/webhooks.ts";
import { listDashboardMetrics, listRuleMetrics } from "./deployed_expressions.ts";
import { listDocumentedMetrics } from "./documented_metrics.ts";

type Metrics = Map<string, ExposedMetric>;

const TOKEN = "scrape-4f1de0b7c2a94e55";
const SEND = { method: "POST", route: "/api/v1/messages" };
const REQUESTS = "http_server_request_duration_seconds_count";
const META = "meta_request_duration_seconds_count";

describe("GET /metrics", () => {
  const owned = new AsyncDisposableStack();
  let harness: Harness;
  let gateway: TcpGateway;
  const secrets: string[] = [];

  beforeAll(async () => {
    const postgres = owned.use(await postgresFromEnvironment());
    const port = Number(new URL(postgres.adminUrl).port);
    gateway = owned.use(await startTcpGateway(() => port));
    harness = owned.use(
      await startHarness({
        postgres,
        serverPostgresPort: gateway.port,
        environment: { METRICS_TOKEN: TOKEN },
      }),
    );
  });
  afterEach(() => harness.simulator.faults.clear());
  afterAll(() => owned.disposeAsync());

  const get = (authorization?: string): Promise<ApiAnswer> =>
    harness.call({
      path: "/metrics",
      ...(authorization === undefined ? {} : { headers: { authorization } }),
    });

  async function scrape(): Promise<Metrics> {
    const answer = await get(`Bearer ${TOKEN}`);
    assertEquals(answer.status, 200, answer.text);
    return parseExposition(answer.text);
  }

  /** By how much series grew while something happened; a series that was not there counts as 0. */
  async function growth(
    series: Record<string, [name: string, labels: Record<string, string>]>,
    happen: () => Promise<unknown>,
  ): Promise<Record<string, number>> {
    const before = await scrape();
    await happen();
    const after = await scrape();
    return Object.fromEntries(
      Object.entries(series).map(([key, [name, labels]]) => [
        key,
        (valueOf(after, name, labels) ?? 0) - (valueOf(before, name, labels) ?? 0),
      ]),
    );
  }

  async function makeAccount() {
    const account = await harness.makeAccount();
    secrets.push(account.id, account.key.key, account.testKey.key, account.accessToken);
    secrets.push(account.key.prefix, account.appSecret, String(account.phoneNumberId));
    return account;
  }

  const send = async (key: string, more: { idempotencyKey?: string } = {}) => {
    const to = newPhone();
    secrets.push(to.slice(1));
    const body = { to: more.idempotencyKey === undefined ? to : "+14155550199", text: "Violets" };
    return (await postMessage(harness.server.baseUrl, { key, body, ...more })).status;
  };

  const sent = (mode: string, outcome: string): [string, Record<string, string>] => [
    "messages_sent_total",
    { mode, outcome },
  ];

  it("401 without the token, with another one, and with a part of it", async () => {
    for (const given of [undefined, "Bearer x", `Bearer ${TOKEN.slice(0, -1)}`, `Basic ${TOKEN}`]) {
      const answer = await get(given);
      assertEquals(answer.status, 401);
      assertEquals(answer.headers.get("www-authenticate"), 'Bearer realm="metrics"');
      assertEquals(answer.text.includes("_total"), false);
    }
  });

  it("404 in a server without METRICS_TOKEN, whatever is sent", async () => {
    const { METRICS_TOKEN: _, ...environment } = harness.environment();
    await using other = await startServerProcess(environment);
    for (const authorization of ["", "Bearer ", `Bearer ${TOKEN}`, "Bearer null"]) {
      const response = await fetch(`${other.baseUrl}/metrics`, { headers: { authorization } });
      assertEquals([response.status, await response.text()], [404, "Not found\n"]);
    }
  });

  it("200 is text of Prometheus' format, and kept by nobody", async () => {
    const answer = await get(`bearer ${TOKEN}`);
    assertEquals(answer.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    assertEquals(answer.headers.get("cache-control"), "no-store");
    const metrics = parseExposition(answer.text);
    const memory = valueOf(metrics, "process_resident_memory_bytes") ?? 0;
    assert(memory > 2e7 && memory < 4e9, String(memory));
    const startedAt = valueOf(metrics, "process_start_time_seconds") ?? 0;
    assert(Math.abs(startedAt - Date.now() / 1000) < 120, String(startedAt));
    const [build] = metrics.get("messages_api_build_info")?.samples ?? [];
    assertEquals([build?.labels.deno, build?.value], [Deno.version.deno, 1]);
  });

  it("every send counts once, by mode and by what became of it", async () => {
    const account = await makeAccount();
    const unconnected = await harness.makeAccount({ connected: false });
    const grown = await growth({
      accepted: sent("live", "accepted"),
      replayed: sent("live", "replayed"),
      failed: sent("live", "failed"),
      unknown: sent("live", "unknown"),
      refused: sent("live", "refused"),
      taken: [META, { call: "send", outcome: "2xx" }],
      refusedByMeta: [META, { call: "send", outcome: "4xx" }],
      cut: [META, { call: "send", outcome: "ambiguous" }],
      answered: [REQUESTS, { ...SEND, status_class: "2xx" }],
    }, async () => {
      const { key } = account.key;
      assertEquals(await send(key), 201);
      assertEquals(await send(key, { idempotencyKey: "k" }), 201);
      assertEquals(await send(key, { idempotencyKey: "k" }), 201);
      harness.simulator.faults.next({ kind: "metaError", code: 131047, status: 400 });
      assertEquals(await send(key), 502);
      harness.simulator.faults.next({ kind: "resetAfterRead" });
      assertEquals(await send(key), 504);
      assertEquals(await send(unconnected.key.key), 400);
    });
    assertEquals(grown, {
      accepted: 2,
      replayed: 1,
      failed: 1,
      unknown: 1,
      refused: 1,
      taken: 2,
      refusedByMeta: 1,
      cut: 1,
      answered: 3,
    });
  });

  it("requests count by pattern, and made-up methods and paths make no series", async () => {
    const other = { method: "_OTHER", route: "/healthz", status_class: "4xx" };
    const labelsOf = (metrics: Metrics) =>
      metrics.get("http_server_request_duration_seconds")?.samples.length ?? 0;
    const grown = await growth({
      unknown: [REQUESTS, { method: "GET", route: "/api/:path*", status_class: "4xx" }],
      message: [REQUESTS, { method: "GET", route: "/api/v1/messages/:id", status_class: "4xx" }],
      brewed: [REQUESTS, other],
    }, async () => {
      await harness.call({ path: "/api/14155550123?token=roses" });
      await harness.call({ path: "/api/v1/messages/14155550123" });
      await harness.call({ path: "/healthz", method: "BREW" });
    });
    assertEquals(grown, { unknown: 1, message: 1, brewed: 1 });
    const before = labelsOf(await scrape());
    for (const method of ["BREW", "POUR", "WHEN"]) {
      await harness.call({ path: "/healthz", method });
      await harness.call({ path: `/api/${method}` });
    }
    assertEquals(labelsOf(await scrape()), before);
  });

  it("callbacks and their events count by what became of them", async () => {
    const account = await makeAccount();
    assertEquals(await send(account.key.key), 201);
    const [row] = await harness.query<{ wamid: string }>(
      "select wamid from messages where account_id = $1",
      [account.id],
    );
    const grown = await growth({
      stored: ["webhook_callbacks_total", { outcome: "stored" }],
      refused: ["webhook_callbacks_total", { outcome: "refused" }],
      statuses: ["webhook_events_received_total", { kind: "status" }],
      applied: ["webhook_events_applied_total", { outcome: "applied" }],
      waiting: ["webhook_events_applied_total", { outcome: "waiting" }],
    }, async () => {
      await deliverContent(harness, account, {
        statuses: [statusItem("delivered", { id: row?.wamid ?? "" })],
      });
      await deliver(
        harness,
        account,
        entryOf(account, { statuses: [statusItem("sent", { id: "wamid.nobody" })] }),
      );
      await eventually(async () => {
        const [event] = await harness.query<{ count: number }>(
          "select count(*)::int as count from meta_events where account_id = $1 and attempts > 0",
          [account.id],
        );
        return event?.count === 2;
      });
      await postCallback(harness.server.baseUrl, bodyOf(), { secret: "not this one" });
      await eventually(async () =>
        (valueOf(await scrape(), "webhook_events_applied_total", { outcome: "waiting" }) ?? 0) > 0
      );
    });
    assert((grown.waiting ?? 0) >= 1, String(grown.waiting));
    delete grown.waiting;
    assertEquals(grown, { stored: 2, refused: 1, statuses: 2, applied: 1 });
  });

  it("sends of test mode count apart, and are no calls to Meta", async () => {
    // Its statuses come in as callbacks, some time after it.
    const account = await makeAccount();
    const grown = await growth({
      test: sent("test", "accepted"),
      live: sent("live", "accepted"),
      called: [META, { call: "send", outcome: "2xx" }],
    }, async () => assertEquals(await send(account.testKey.key), 201));
    assertEquals(grown, { test: 1, live: 0, called: 0 });
  });

  it("what the documentation lists is what is served", async () => {
    const served = [...(await scrape()).values()].map(({ name, type, samples }) => ({
      name,
      type,
      labels: [...new Set(samples.flatMap((sample) => Object.keys(sample.labels)))]
        .filter((label) => label !== "le").sort(),
    }));
    const byName = (a: { name: string }, b: { name: string }) => a.name < b.name ? -1 : 1;
    assertEquals((await listDocumentedMetrics()).sort(byName), served.sort(byName));
  });

  it("the dashboard and the alerts ask for nothing else", async () => {
    const series = new Set(
      [...(await scrape()).values()].flatMap(({ samples }) => samples.map(({ name }) => name)),
    );
    // Prometheus makes it for every target.
    series.add("up");
    const asked = [...await listDashboardMetrics(), ...await listRuleMetrics()];
    assert(asked.length > 30, String(asked.length));
    assertEquals(asked.filter(({ metric }) => !series.has(metric)), []);
  });

  it("database_up is 0 without the database, the rest is served, and it comes back", async () => {
    assertEquals(valueOf(await scrape(), "database_up"), 1);
    await gateway.refuse();
    const away = await eventually(async () => {
      const metrics = await scrape();
      return valueOf(metrics, "database_up") === 0 && metrics;
    }, 10_000);
    assertEquals(away.has("messages_overdue"), false);
    assert((valueOf(away, "messages_sent_total", { mode: "live", outcome: "accepted" }) ?? 0) > 0);
    await gateway.accept();
    const back = await eventually(async () => {
      const metrics = await scrape();
      return valueOf(metrics, "database_up") === 1 && metrics;
    }, 10_000);
    assertEquals(valueOf(back, "messages_overdue"), 0);
    assert((valueOf(back, "whatsapp_integrations", { state: "webhook_silent" }) ?? 0) > 0);
  });

  it("nothing of all that was sent, no id and no key is in any scrape", async () => {
    const { text } = await get(`Bearer ${TOKEN}`);
    assert(secrets.length > 10);
    const words = [...secrets, TOKEN, "Violets", "roses", "Test account", "nobody", "14155550"];
    assertEquals(words.filter((word) => text.includes(word)), []);
  });

  it("every line that the server has logged meanwhile is documented", async () => {
    const events = await readDocumentedEvents();
    const wrong = harness.server.log().flatMap(({ time: _, level, event = "", ...fields }) => {
      const known = events.get(event);
      if (known?.level !== level) return [`${level} ${event}`];
      return Object.keys(fields)
        .filter((field) => !known?.fields.includes(field))
        .map((field) => `${event}.${field}`);
    });
    assertEquals(wrong, []);
  });
});
