/**
 * The hourly counters of messages equal the messages themselves, whatever happens between: changes in any order,
 * several instances that roll up at once, and some that die while they do.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { connect, type Sql } from "@/db/connect.ts";
import {
  findSettledChangeId,
  listMessageChanges,
  listMessageChangesSince,
  rollUpMessageChanges,
} from "@/db/message_changes.ts";
import { countSentByStatus } from "@/db/stats.ts";
import {
  type BareConversation,
  makeBareConversation,
  makeBareMessage,
  raiseStatus,
} from "@/tests/helpers/bare_messages.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { postgresFromEnvironment } from "@/tests/helpers/postgres_environment.ts";

const ROOT = new URL("../../", import.meta.url);
const SINCE = new Date("2026-03-01T00:00:00Z");
const HOUR_MS = 3_600_000;
const OUTBOUND = ["pending", "unknown", "sent", "failed", "delivered", "read"];

/** Repeatable chance. */
function makeRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
}

describe("message changes", () => {
  const cleanUp = new AsyncDisposableStack();
  let sql: Sql;
  let databaseUrl: string;
  beforeAll(async () => {
    const postgres = cleanUp.use(await postgresFromEnvironment(18));
    const database = await postgres.createDatabase();
    cleanUp.defer(() => database.drop());
    databaseUrl = database.url;
    sql = connect(databaseUrl, { poolSize: 4 });
    cleanUp.defer(() => sql.end({ timeout: 5 }));
    await Promise.all([1, 2, 3, 4].map(() => sql`select pg_sleep(0.05)`));
  });
  afterAll(() => cleanUp.disposeAsync());

  const rollUp = (limit = 1_000) => rollUpMessageChanges(sql, { limit, minAgeMs: 0 });
  const rollUpAll = async () => {
    while (await rollUp() > 0);
  };

  /** Makes and changes messages at random, in hours around `SINCE`. */
  async function write(
    conversations: BareConversation[],
    { random, steps, between }: {
      random: (below: number) => number;
      steps: number;
      between?: () => Promise<unknown>;
    },
  ): Promise<void> {
    const outbound: { accountId: string; id: string }[] = [];
    for (let step = 0; step < steps; step++) {
      const known = outbound[random(outbound.length)];
      if (known !== undefined && random(3) > 0) {
        await raiseStatus(sql, { ...known, status: OUTBOUND[random(OUTBOUND.length)] ?? "sent" });
      } else {
        const of = conversations[random(conversations.length)];
        assert(of !== undefined);
        const status = random(4) === 0 ? "received" : OUTBOUND[random(OUTBOUND.length)] ?? "sent";
        const createdAt = new Date(SINCE.getTime() + (random(50) - 2) * HOUR_MS + random(HOUR_MS));
        const id = await makeBareMessage(sql, { of, status, createdAt });
        if (status !== "received") outbound.push({ accountId: of.accountId, id });
      }
      if (random(5) === 0) await between?.();
    }
  }

  async function assertCountersEqualMessages(): Promise<void> {
    const counted = await sql`
      select account_id, hour, direction, status, messages::int as messages
      from message_hours
      where messages <> 0
      order by 1, 2, 3, 4
    `;
    const real = await sql`
      select account_id, date_trunc('hour', created_at, 'UTC') as hour, direction, status, count(*)::int as messages
      from messages
      group by 1, 2, 3, 4
      order by 1, 2, 3, 4
    `;
    assert(real.length > 0);
    assertEquals([...counted], [...real]);
  }

  for (const seed of [1, 2, 3]) {
    it(`counters equal messages after changes and roll-ups in random order (seed ${seed})`, async () => {
      const random = makeRandom(seed);
      const conversations = [await makeBareConversation(sql), await makeBareConversation(sql)];
      await write(conversations, {
        random,
        steps: 150,
        // Two at once, each with a part.
        between: () => Promise.all([rollUp(1 + random(20)), rollUp(1 + random(20))]),
      });
      await rollUpAll();
      await assertCountersEqualMessages();
    });
  }

  it("the overview's counts are exact at every moment, rolled up or not", async () => {
    const random = makeRandom(4);
    const of = await makeBareConversation(sql);
    const check = async () => {
      if (random(2) === 0) await rollUp(1 + random(10));
      const counted = await countSentByStatus(sql, {
        accountId: of.accountId,
        since: SINCE,
        hours: 6,
      });
      const real = await sql`
        select date_bin('6 hours', created_at, ${SINCE}::timestamptz) as at, status, count(*)::int as messages
        from messages
        where account_id = ${of.accountId} and created_at >= ${SINCE} and direction = 'outbound'
        group by 1, 2
        order by 1, 2
      `;
      assertEquals(counted, [...real]);
    };
    await write([of], { random, steps: 60, between: check });
    await check();
    await rollUpAll();
  });

  it("each change counts once although instances that roll up are killed", async () => {
    const conversations = [await makeBareConversation(sql), await makeBareConversation(sql)];
    const random = makeRandom(5);
    // Small batches, so that many are under way when the process dies.
    const code = `
      import { connect } from "@/db/connect.ts";
      import { rollUpMessageChanges } from "@/db/message_changes.ts";
      const sql = connect(${JSON.stringify(databaseUrl)}, { poolSize: 1 });
      while (true) await rollUpMessageChanges(sql, { limit: 3, minAgeMs: 0 });
    `;
    const start = () =>
      new Deno.Command(Deno.execPath(), {
        args: ["eval", "--quiet", "--no-check", "--config", "deno.test.json", code],
        cwd: ROOT,
        stdout: "null",
        stderr: "null",
      }).spawn();
    const children = [start(), start()];
    try {
      for (let round = 0; round < 3; round++) {
        await write(conversations, { random, steps: 60 });
        // At work, and not at its end.
        await eventually(async () => {
          const [left] = await sql<{ count: number }[]>`select count(*)::int from message_changes`;
          return left !== undefined && left.count < 30;
        }, 10_000);
        await write(conversations, { random, steps: 30 });
        children[round % 2]?.kill("SIGKILL");
        await children[round % 2]?.status;
        children[round % 2] = start();
      }
    } finally {
      for (const child of children) {
        child.kill("SIGKILL");
        await child.status;
      }
    }
    await rollUpAll();
    await assertCountersEqualMessages();
  });

  it("a roll-up leaves changes that pages may not have seen yet", async () => {
    await makeBareMessage(sql, { of: await makeBareConversation(sql), status: "sent" });
    assertEquals(await rollUpMessageChanges(sql, { limit: 10, minAgeMs: 60_000 }), 0);
    assertEquals(await rollUp(), 1);
  });

  it("a status that stays, and a merge of conversations, are no changes", async () => {
    const of = await makeBareConversation(sql);
    const id = await makeBareMessage(sql, { of, status: "read" });
    await raiseStatus(sql, { accountId: of.accountId, id, status: "sent" });
    await sql`update messages set contact_id = contact_id where id = ${id}`;
    assertEquals(await rollUp(), 1);
  });

  it("the feed tells new messages and new statuses of the accounts that were asked for", async () => {
    const [one, other] = [await makeBareConversation(sql), await makeBareConversation(sql)];
    const before = new Date();
    const id = await makeBareMessage(sql, { of: one, status: "pending" });
    await makeBareMessage(sql, { of: other, status: "sent" });
    await raiseStatus(sql, { accountId: one.accountId, id, status: "sent" });
    const asked = { id: one.accountId, afterId: 0 };
    const changes = await listMessageChanges(sql, { accounts: [asked], limit: 10 });
    assertEquals(
      changes.map(({ account_id, message_id, conversation_id, direction, ...change }) => {
        assertEquals([account_id, message_id], [one.accountId, id]);
        assertEquals([conversation_id, direction], [one.conversationId, "outbound"]);
        return [change.from_status, change.to_status];
      }),
      [[null, "pending"], ["pending", "sent"]],
    );
    const [first, second] = changes;
    assert(first !== undefined && second !== undefined && first.id < second.id);
    assertEquals(
      await listMessageChanges(sql, { accounts: [{ ...asked, afterId: first.id }], limit: 10 }),
      [second],
    );
    assertEquals(await listMessageChanges(sql, { accounts: [asked], limit: 1 }), [first]);
    const since = { accountId: one.accountId, limit: 10 };
    assertEquals(await listMessageChangesSince(sql, { ...since, since: before }), changes);
    assertEquals(
      await listMessageChangesSince(sql, { ...since, since: new Date("2100-01-01") }),
      [],
    );
    assertEquals(await findSettledChangeId(sql, { accountId: one.accountId, ageMs: 60_000 }), 0);
    assertEquals(await findSettledChangeId(sql, { accountId: one.accountId, ageMs: 0 }), second.id);
    await rollUpAll();
  });
});

for (const version of [15, 18] as const) {
  Deno.test(`A message is found by its id through the primary key before the first analyze, on Postgres ${version}`, async () => {
    await using postgres = await postgresFromEnvironment(version);
    const database = await postgres.createDatabase();
    const sql = connect(database.url, { poolSize: 1 });
    try {
      await sql.unsafe("set plan_cache_mode = force_generic_plan");
      await sql.unsafe(
        "prepare by_id as update messages set status = $3 where account_id = $1::uuid and id = $2::uuid",
      );
      const id = crypto.randomUUID();
      const plan = await sql.unsafe<{ "QUERY PLAN": string }[]>(
        `explain execute by_id('${id}', '${id}', 'sent')`,
      );
      const text = plan.map((line) => line["QUERY PLAN"]).join("\n");
      assert(text.includes("messages_pkey"), text);
    } finally {
      await sql.end({ timeout: 5 });
      await database.drop();
    }
  });
}
