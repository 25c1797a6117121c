/** The figures of what waits, on rows made for each of them; and how seldom the database is asked for them. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { readBacklog } from "@/db/backlog.ts";
import { connect, type Sql } from "@/db/connect.ts";
import { makeId } from "@/lib/ids.ts";
import { makeLogger } from "@/lib/log.ts";
import { BacklogReader } from "@/lib/observability/backlog_reader.ts";
import { SecretBox } from "@/lib/secret_box.ts";
import { postgresFromEnvironment } from "@/tests/helpers/postgres_environment.ts";
import { seedAccount } from "@/tests/helpers/seed.ts";
import { seedSentMessages } from "@/tests/helpers/webhooks.ts";

const log = makeLogger({ level: "error", format: "json", write: () => {} });

describe("backlog", () => {
  const owned = new AsyncDisposableStack();
  let sql: Sql;
  const accounts: string[] = [];

  beforeAll(async () => {
    const postgres = owned.use(await postgresFromEnvironment());
    const database = await postgres.createDatabase();
    owned.defer(() => database.drop());
    sql = connect(database.url, { poolSize: 1 });
    owned.defer(() => sql.end({ timeout: 5 }));
    const secrets = new SecretBox([new Uint8Array(32)]);
    for (const connected of [true, true, true, true, true, false]) {
      accounts.push((await seedAccount(sql, { secrets, connected })).id);
    }
  });
  afterAll(() => owned.disposeAsync());

  const query = async <Row>(text: string, params: (string | number | boolean | null)[] = []) =>
    [...await sql.unsafe(text, params)] as unknown as Row[];

  it("numbers of the live side are judged by token, signatures and events, and those of test mode are not", async () => {
    const [healthy = "", expired = "", refused = "", forged = ""] = accounts;
    await sql`update whatsapp_integrations set token_failed_at = now() where account_id = ${refused}`;
    await sql`
      update whatsapp_integrations set token_expires_at = now() - interval '1 hour' where account_id = ${expired}
    `;
    const seen = (accountId: string, event: string | null, failure: string | null) =>
      sql`
        insert into webhook_health (account_id, integration_id, last_event_at, last_signature_failure_at)
        select account_id, id, now() + ${event}::interval, now() + ${failure}::interval
        from whatsapp_integrations
        where account_id = ${accountId}
      `;
    await seen(healthy, "2 minutes", "1 minute");
    await seen(forged, "1 minute", "2 minutes");
    await seen(refused, "1 minute", null);
    assertEquals((await readBacklog(sql)).integrations, {
      token_failed: 2,
      signature_refused: 1,
      webhook_silent: 1,
      healthy: 1,
    });
  });

  it("messages count beyond their lease, and events by whether they are due", async () => {
    const [accountId = ""] = accounts;
    await seedSentMessages({ query }, { accountId, count: 5 });
    await sql`
      update messages
      set status = 'pending', lease_until = now() + (case wamid when 'wamid.0' then 1 else -1 end) * interval '1 hour'
      where wamid in ('wamid.0', 'wamid.1', 'wamid.2')
    `;
    for (
      const [state, seconds] of [["pending", -1], ["pending", 60], ["pending", 90], [
        "ignored",
        -1,
      ]] as const
    ) {
      await sql`
        insert into meta_events (account_id, id, integration_id, kind, field, payload, state, due_at, received_at)
        values (
          ${accountId}, ${makeId()}, ${makeId()}, 'status', 'messages', '{}', ${state},
          now() + ${seconds} * interval '1 second', now()
        )
      `;
    }
    const { overdueSends, dueEvents, waitingEvents } = await readBacklog(sql);
    assertEquals({ overdueSends, dueEvents, waitingEvents }, {
      overdueSends: 2,
      dueEvents: 1,
      waitingEvents: 2,
    });
  });

  it("what waits is counted through indexes, also when the planner has no figures", async () => {
    const plan = JSON.stringify(
      await sql`
        explain (format json)
        select from messages where status = 'pending' and lease_until < now() limit 10000
      `,
    );
    assert(plan.includes("messages_pending"), plan);
    const events = JSON.stringify(
      await sql`
        explain (format json)
        select from meta_events where state = 'pending' and due_at <= now() limit 10000
      `,
    );
    assert(events.includes("meta_events_due"), events);
  });

  it("many scrapes at a time ask once, and those of the next seconds not at all", async () => {
    let asked = 0;
    const counting = new Proxy(sql, {
      apply: (target, self, args) => {
        asked++;
        return Reflect.apply(target, self, args);
      },
    });
    const reader = new BacklogReader({ sql: counting, log });
    const readings = await Promise.all(Array.from({ length: 50 }, () => reader.read()));
    assertEquals(new Set(readings).size, 1);
    assertEquals(await reader.read(), readings[0]);
    assertEquals([asked, readings[0]?.backlog?.overdueSends], [1, 2]);
  });

  it("a database that does not answer is waited for a second, and not asked again meanwhile", async () => {
    const holder = await sql.reserve();
    const reader = new BacklogReader({ sql, log });
    const startedAt = performance.now();
    // The only connection is taken.
    const reading = await reader.read();
    const waitedMs = performance.now() - startedAt;
    assertEquals(reading.backlog, null);
    assert(waitedMs > 900 && waitedMs < 2_000, String(waitedMs));
    holder.release();
  });
});
