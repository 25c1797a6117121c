/** The overview's figures: from counters, equal to what was really sent and asked, per account and mode. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { type ApiRequestRow, insertApiRequests } from "@/db/api_requests.ts";
import { connect, type Sql } from "@/db/connect.ts";
import { requestsInLast24h } from "@/db/key_requests.ts";
import { rollUpMessageChanges } from "@/db/message_changes.ts";
import { deleteOldCounters } from "@/db/stats.ts";
import { latencyPercentile } from "@/lib/admin/latency_percentiles.ts";
import { overviewStats, readOverviewRange } from "@/lib/admin/overview_stats.ts";
import { makeId } from "@/lib/ids.ts";
import { makeBareConversation, makeBareMessage } from "@/tests/helpers/bare_messages.ts";
import { postgresFromEnvironment } from "@/tests/helpers/postgres_environment.ts";

const NOW = new Date("2026-03-10T14:30:00Z");
const HOUR_MS = 3_600_000;

function requestRow(accountId: string, more: Partial<ApiRequestRow> = {}): ApiRequestRow {
  return {
    account_id: accountId,
    id: makeId(),
    api_key_id: null,
    request_id: "r",
    method: "GET",
    route: "/api/v1/me",
    status: 200,
    error_code: null,
    error_message: null,
    duration_ms: 5,
    message_id: null,
    recipient_masked: null,
    created_at: NOW,
    ...more,
  };
}

describe("overviewStats()", () => {
  const cleanUp = new AsyncDisposableStack();
  let sql: Sql;
  beforeAll(async () => {
    const postgres = cleanUp.use(await postgresFromEnvironment(15));
    const database = await postgres.createDatabase();
    cleanUp.defer(() => database.drop());
    sql = connect(database.url, { poolSize: 4 });
    cleanUp.defer(() => sql.end({ timeout: 5 }));
    await Promise.all([1, 2, 3, 4].map(() => sql`select pg_sleep(0.05)`));
  });
  afterAll(() => cleanUp.disposeAsync());

  it("of a new account is empty: no rate, no latency, every step still to do", async () => {
    const { accountId } = await makeBareConversation(sql);
    const stats = await overviewStats(sql, { accountId, range: "24h", now: NOW });
    assertEquals(stats.series.length, 24);
    assertEquals(stats.series.at(0)?.at.toISOString(), "2026-03-09T15:00:00.000Z");
    assertEquals(stats.series.at(-1)?.at.toISOString(), "2026-03-10T14:00:00.000Z");
    assertEquals(stats.totals, {
      sent: 0,
      delivered: 0,
      read: 0,
      failed: 0,
      open: 0,
      messages: 0,
    });
    assertEquals([stats.successRate, stats.latency], [null, null]);
    assertEquals([stats.requests, stats.errors, stats.latestFailures], [0, 0, []]);
    assertEquals([stats.firstMessageSent, stats.hasKey], [false, false]);
    assertEquals(stats.integration.state, "not_connected");
  });

  it("counts each outbound message of the range once, in its hour and under its status, rolled up or not", async () => {
    const of = await makeBareConversation(sql);
    const at = (hoursAgo: number) => new Date(NOW.getTime() - hoursAgo * HOUR_MS);
    const make = (status: string, hoursAgo: number) =>
      makeBareMessage(sql, { of, status, createdAt: at(hoursAgo) });
    await make("sent", 0);
    await make("read", 1);
    await make("delivered", 1);
    await make("failed", 23);
    await make("unknown", 2);
    await make("received", 1);
    await make("read", 30);
    await make("read", 24 * 8);
    await rollUpMessageChanges(sql, { limit: 4, minAgeMs: 0 });
    await make("pending", 0);
    const stats = (range: "24h" | "7d" | "30d") =>
      overviewStats(sql, { accountId: of.accountId, range, now: NOW });
    const day = await stats("24h");
    assertEquals(day.totals, {
      sent: 1,
      delivered: 1,
      read: 1,
      failed: 1,
      open: 2,
      messages: 6,
    });
    assertEquals(day.successRate, 0.75);
    assertEquals(day.firstMessageSent, true);
    const { at: _at, ...last } = day.series.at(-2) ?? {};
    assertEquals(last, { sent: 0, delivered: 1, read: 1, failed: 0, open: 0 });
    const week = await stats("7d");
    assertEquals([week.series.length, week.totals.messages], [28, 7]);
    assertEquals(week.series.at(-1)?.at.toISOString(), "2026-03-10T12:00:00.000Z");
    const month = await stats("30d");
    assertEquals([month.series.length, month.totals.messages], [30, 8]);
    assertEquals(month.series.at(-1)?.at.toISOString(), "2026-03-10T00:00:00.000Z");
    const { accountId } = await makeBareConversation(sql);
    const other = await overviewStats(sql, { accountId, range: "30d", now: NOW });
    assertEquals([other.totals.messages, other.firstMessageSent], [0, false]);
  });

  it("shows the newest failures with their reason", async () => {
    const of = await makeBareConversation(sql);
    const ids = [];
    for (let index = 0; index < 7; index++) {
      const createdAt = new Date(NOW.getTime() + index * 1_000);
      ids.unshift(await makeBareMessage(sql, { of, status: "failed", createdAt }));
    }
    const error = { code: 131047, title: "Re-engagement", message: "No", hint: "Use a template" };
    await sql`update messages set error = ${sql.json(error)} where id = ${ids[0] ?? ""}`;
    const { latestFailures } = await overviewStats(sql, {
      accountId: of.accountId,
      range: "24h",
      now: NOW,
    });
    assertEquals(latestFailures.map(({ messageId }) => messageId), ids.slice(0, 5));
    assertEquals(latestFailures[0], {
      messageId: ids[0] ?? "",
      to: "+14155550123",
      code: 131047,
      title: "Re-engagement",
      hint: "Use a template",
      at: new Date(NOW.getTime() + 6_000),
    });
  });

  it("API requests count once although batches are repeated, overlap and meet each other", async () => {
    const { accountId } = await makeBareConversation(sql);
    const keyId = crypto.randomUUID();
    const rows = Array.from({ length: 120 }, (_, index) =>
      requestRow(accountId, {
        api_key_id: index % 3 === 0 ? keyId : null,
        status: index % 4 === 0 ? 400 : 200,
        duration_ms: index + 0.5,
        created_at: new Date(Date.now() - (index % 5) * HOUR_MS),
      }));
    const batches = [rows.slice(0, 70), rows.slice(40), rows.slice(0, 70), rows];
    for (let round = 0; round < 3; round++) {
      await Promise.all(batches.map((batch) => insertApiRequests(sql, batch)));
    }
    const stats = await overviewStats(sql, { accountId, range: "24h", now: new Date() });
    assertEquals([stats.requests, stats.errors], [120, 30]);
    assertEquals((await requestsInLast24h(sql, { accountId })).get(keyId), 40);
    const { p50Ms = 0, p95Ms = 0 } = stats.latency ?? {};
    assert(Math.abs(p50Ms / 59.5 - 1) <= 0.1, `p50 ${p50Ms}`);
    assert(Math.abs(p95Ms / 113.5 - 1) <= 0.1, `p95 ${p95Ms}`);
    const [counted] = await sql`
      select
        (select sum(requests)::int from latency_hours where account_id = ${accountId}) as latencies,
        (select count(*)::int from api_requests where account_id = ${accountId}) as stored
    `;
    assertEquals(counted, { latencies: 120, stored: 120 });
  });

  it("every percentile is within ten per cent of the exact one", async () => {
    const durations = Array.from({ length: 400 }, (_, index) => 0.1 * 1.035 ** index);
    const buckets = await sql<{ bucket: number; requests: number }[]>`
      select latency_bucket(duration) as bucket, count(*)::int as requests
      from unnest(${durations}::float8[]) as duration
      group by 1
    `;
    for (let share = 0.01; share <= 1; share += 0.01) {
      const exact = durations[Math.ceil(durations.length * share) - 1] ?? 0;
      const told = latencyPercentile([...buckets], share) ?? 0;
      assert(Math.abs(told / exact - 1) <= 0.1, `${share}: ${told} instead of ${exact}`);
    }
    assertEquals(latencyPercentile([], 0.5), null);
  });

  it("counters are kept for 400 days and then deleted", async () => {
    const { accountId } = await makeBareConversation(sql);
    const old = new Date(Date.now() - 401 * 24 * HOUR_MS);
    const kept = new Date(Date.now() - 399 * 24 * HOUR_MS);
    await insertApiRequests(sql, [
      requestRow(accountId, { created_at: old }),
      requestRow(accountId, { created_at: kept }),
    ]);
    assertEquals(await deleteOldCounters(sql, { accountId, limit: 10 }), 1);
    assertEquals(await deleteOldCounters(sql, { accountId, limit: 10 }), 0);
    const rows = await sql`
      select requests::int from request_hours where account_id = ${accountId}
      union all
      select requests::int from latency_hours where account_id = ${accountId}
    `;
    assertEquals([...rows], [{ requests: 1 }, { requests: 1 }]);
  });
});

Deno.test("readOverviewRange() takes the ranges there are, and 24 hours for all else", () => {
  const read = (query: string) => readOverviewRange(new URLSearchParams(query));
  assertEquals(["range=7d", "range=30d", "range=24h", "", "range=1y"].map(read), [
    "7d",
    "30d",
    "24h",
    "24h",
    "24h",
  ]);
});
