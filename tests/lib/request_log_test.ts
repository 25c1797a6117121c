/** The request log: batches that hold up nobody, survive an outage of the database, and have a bound. */
import { assertEquals, assertMatch } from "@std/assert";
import { connect, type Sql } from "@/db/connect.ts";
import { migrateUrl } from "@/db/migrate.ts";
import { type LoggedRequest, RequestLog } from "@/lib/api/request_log.ts";
import { makeId } from "@/lib/ids.ts";
import { makeLogger } from "@/lib/log.ts";
import { startPostgres } from "@/tests/helpers/postgres.ts";
import { postgresFromEnvironment } from "@/tests/helpers/postgres_environment.ts";

/** Longer than any test: batches are written when a test says so. */
const NEVER_MS = 3_600_000;

Deno.test("RequestLog writes what was added, at a flush and at the end, and text that Postgres cannot store", async () => {
  await withLog(async ({ sql, log }) => {
    log.add(requestOf({ requestId: "one", durationMs: 12.3456 }));
    log.add(requestOf({ requestId: "two", errorMessage: "a NUL \0 and half \ud83d" }));
    await log.flush();
    assertEquals(await requestIds(sql), ["one", "two"]);
    const [row] = await sql`select * from api_requests where request_id = 'one'`;
    assertEquals([row?.route, row?.status, row?.duration_ms], ["/api/v1/me", 200, 12.35]);
    assertMatch(row?.recipient_masked, /^\+1\*+23$/);
    const [other] = await sql`select error_message from api_requests where request_id = 'two'`;
    assertEquals(other?.error_message, "a NUL \ufffd and half \ufffd");
    log.add(requestOf({ requestId: "three", errorMessage: "x".repeat(2_000) }));
    await log.close();
    const [last] = await sql`select error_message from api_requests where request_id = 'three'`;
    assertEquals(last?.error_message?.length, 500);
  });
});

Deno.test("A batch that the database refuses is dropped and counted, and those after it are written", async () => {
  await withLog(async ({ sql, log, lines }) => {
    log.add(requestOf({ accountId: "not an id" }));
    for (let index = 0; index < 499; index++) log.add(requestOf({ requestId: "in its batch" }));
    log.add(requestOf({ requestId: "after" }));
    await log.flush();
    assertEquals(await requestIds(sql), ["after"]);
    assertEquals(log.dropped, 500);
    assertEquals(lines.map((line) => JSON.parse(line).event), [
      "request_log_not_written",
      "request_log_rows_dropped",
      "request_log_rows_dropped",
    ]);
    await log.close();
  });
});

Deno.test("A full queue drops and counts what comes on top", async () => {
  await withLog(async ({ sql, log }) => {
    const request = requestOf({ requestId: "one of many" });
    for (let index = 0; index < 10_003; index++) log.add(request);
    assertEquals(log.dropped, 3);
    await log.close();
    assertEquals((await requestIds(sql)).length, 10_000);
  });
});

Deno.test("What is added while the database is away is written once it is back", async () => {
  await using cluster = await startPostgres(18);
  await migrateUrl(cluster.adminUrl);
  const sql = connect(cluster.adminUrl, { poolSize: 1 });
  const lines: string[] = [];
  const log = makeLog(sql, lines);
  await cluster.stop();
  log.add(requestOf({ requestId: "meanwhile" }));
  await log.flush();
  assertEquals([log.dropped, JSON.parse(lines[0] ?? "").event], [0, "request_log_not_written"]);
  await cluster.start();
  await log.flush();
  assertEquals(await requestIds(sql), ["meanwhile"]);
  await log.close();
  await sql.end();
});

function requestOf(part: Partial<LoggedRequest>): LoggedRequest {
  return {
    accountId: makeId(),
    apiKeyId: makeId(),
    requestId: "request",
    method: "GET",
    route: "/api/v1/me",
    status: 200,
    errorCode: null,
    errorMessage: null,
    durationMs: 1,
    messageId: null,
    recipientMasked: "+1*********23",
    ...part,
  };
}

function makeLog(sql: Sql, lines: string[]): RequestLog {
  const log = makeLogger({ level: "info", format: "json", write: (line) => lines.push(line) });
  return new RequestLog({ sql, log, flushIntervalMs: NEVER_MS });
}

async function requestIds(sql: Sql): Promise<string[]> {
  const rows = await sql<{ request_id: string }[]>`
    select request_id from api_requests order by created_at, id
  `;
  return rows.map((row) => row.request_id);
}

async function withLog(
  use: (parts: { sql: Sql; log: RequestLog; lines: string[] }) => Promise<void>,
): Promise<void> {
  await using postgres = await postgresFromEnvironment();
  const database = await postgres.createDatabase();
  const sql = connect(database.url, { poolSize: 1 });
  const lines: string[] = [];
  try {
    await use({ sql, log: makeLog(sql, lines), lines });
  } finally {
    await sql.end({ timeout: 5 });
    await database.drop();
  }
}
