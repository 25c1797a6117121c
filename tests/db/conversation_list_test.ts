/** Conversations by their last activity: the order, the choices, pages, and that the walk goes from row to row. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { connect, type Sql } from "@/db/connect.ts";
import { type ConversationChoice, listConversationsByActivity } from "@/db/conversation_list.ts";
import type { Position } from "@/db/page.ts";
import { makeId } from "@/lib/ids.ts";
import { SecretBox } from "@/lib/secret_box.ts";
import { postgresFromEnvironment } from "@/tests/helpers/postgres_environment.ts";
import { countTouched } from "@/tests/helpers/touched_rows.ts";
import { seedAccount } from "@/tests/helpers/seed.ts";

const PEOPLE = 2_000;
const ROUNDS = 6;
const LIMIT = 50;

describe("listConversationsByActivity()", () => {
  const cleanUp = new AsyncDisposableStack();
  let sql: Sql;
  let accountId: string;

  beforeAll(async () => {
    const postgres = cleanUp.use(await postgresFromEnvironment(18));
    const database = await postgres.createDatabase();
    cleanUp.defer(() => database.drop());
    sql = connect(database.url, { poolSize: 2 });
    cleanUp.defer(() => sql.end({ timeout: 5 }));
    const secrets = new SecretBox([new Uint8Array(32).fill(7)]);
    accountId = (await seedAccount(sql, { secrets, connected: true })).id;
    const people = Array.from({ length: PEOPLE }, (_, index) => ({
      account_id: accountId,
      id: makeId(),
      phone: `+1415${5_000_000 + index}`,
    }));
    await sql`insert into contacts ${sql(people)}`;
    const ids = people.map(({ id }) => id);
    await sql`
      insert into conversations (account_id, id, contact_id, status)
      select ${accountId}, gen_random_uuid(), id,
        case when place % 700 = 0 then 'pending' when place % 3 = 0 then 'closed' else 'open' end
      from unnest(${ids}::uuid[]) with ordinality as people (id, place)
    `;
    // Round by round, in an order of its own in each: who was last in one is anywhere in the next.
    await sql`
      insert into messages (
        account_id, id, conversation_id, contact_id, direction, type, status, recipient, created_at
      )
      select ${accountId}, gen_random_uuid(), id, contact_id,
        case when direction then 'inbound' else 'outbound' end, 'text',
        case when direction then 'received' else 'delivered' end, '+14155550123',
        timestamptz '2026-03-01' + round * interval '1 day' + place * interval '1 second'
      from (
        select id, contact_id, round, (hashtext(id::text) + round) % 5 = 0 as direction,
          row_number() over (partition by round order by hashtext(id::text || round)) as place
        from conversations cross join generate_series(1, ${ROUNDS}) as round
        where account_id = ${accountId}
      ) as said
      where place % (round + 1) > 0
    `;
    await sql`
      update conversations as c
      set last_message_at = m.created_at,
        unread_count = case when m.direction = 'inbound' then 2 else 0 end
      from (
        select distinct on (conversation_id) conversation_id, created_at, direction
        from messages where account_id = ${accountId}
        order by conversation_id, created_at desc
      ) as m
      where c.account_id = ${accountId} and c.id = m.conversation_id
    `;
    await sql`analyze`;
  });
  afterAll(() => cleanUp.disposeAsync());

  async function readPlainly(choice: ConversationChoice): Promise<string[]> {
    const rows = await sql<{ id: string; status: string; unread_count: number }[]>`
      select id, status, unread_count from conversations
      where account_id = ${accountId} and last_message_at is not null
      order by last_message_at desc, id desc
    `;
    return rows.filter(({ status, unread_count }) =>
      choice === null || (choice === "unread" ? unread_count > 0 : status === choice)
    ).map(({ id }) => id);
  }

  for (const choice of [null, "unread", "open", "pending", "closed"] as const) {
    it(`lists each of ${choice ?? "all"} once, those with the latest message first`, async () => {
      const expected = await readPlainly(choice);
      assert(expected.length > 0);
      const found: string[] = [];
      let after: Position | null = null;
      do {
        const { rows, searchedTo } = await listConversationsByActivity(sql, {
          accountId,
          choice,
          page: { limit: LIMIT, after },
        });
        const shown = rows.slice(0, LIMIT);
        found.push(...shown.map(({ id }) => id));
        const last = rows.length > LIMIT ? shown.at(-1) : undefined;
        after = last === undefined
          ? searchedTo
          : { createdAt: last.last_message_at, id: last.place_id };
      } while (after !== null);
      assertEquals(found, expected);
    });
  }

  it("reads no table to list the first page of all", async () => {
    const touched = await countTouched(sql, {
      tables: ["messages", "conversations", "contacts"],
      run: (tx) =>
        listConversationsByActivity(tx, {
          accountId,
          choice: null,
          page: { limit: LIMIT, after: null },
        }),
    });
    for (const [table, { scans, rows }] of touched) {
      assertEquals(scans, 0, table);
      assert(rows < 500, `${table}: ${rows} rows`);
    }
  });
});
