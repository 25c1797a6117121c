/**
 * The message log's query: against a plain reading of the same filters, page by page in both directions, and by how many
 * rows the database touches when there are many.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { connect, type Sql } from "@/db/connect.ts";
import {
  listMessageLog,
  LOG_PAGE_SIZE,
  type LogStart,
  type MessageLogFilter,
  type MessageLogRow,
} from "@/db/message_log.ts";
import { makeId } from "@/lib/ids.ts";
import { SecretBox } from "@/lib/secret_box.ts";
import { postgresFromEnvironment } from "@/tests/helpers/postgres_environment.ts";
import { countTouched, type Touched } from "@/tests/helpers/touched_rows.ts";
import { seedAccount } from "@/tests/helpers/seed.ts";

const EVERYTHING: MessageLogFilter = {
  conversationId: null,
  direction: null,
  status: null,
  type: null,
  errorCode: null,
  createdFrom: null,
  createdBefore: null,
};
const ROWS = 22_000;
const PEOPLE = 40;
/** Any page may touch so many rows, whatever it asks for: kinds times page, and some for finding them. */
const TOUCHED_MAX = 4_000;

type PlainRow = MessageLogRow & { code: string | null };

type Choice = Partial<MessageLogFilter>;

describe("listMessageLog()", () => {
  const cleanUp = new AsyncDisposableStack();
  let sql: Sql;
  let accountId: string;
  let busiest: string;
  let quiet: string;
  const startedAt = new Date("2026-03-01T00:00:00Z");
  const at = (row: number) => new Date(startedAt.getTime() + Math.floor(row / 3) * 1000);

  beforeAll(async () => {
    const postgres = cleanUp.use(await postgresFromEnvironment(18));
    const database = await postgres.createDatabase();
    cleanUp.defer(() => database.drop());
    sql = connect(database.url, { poolSize: 2 });
    cleanUp.defer(() => sql.end({ timeout: 5 }));
    const secrets = new SecretBox([new Uint8Array(32).fill(7)]);
    accountId = (await seedAccount(sql, { secrets, connected: true })).id;
    const other = (await seedAccount(sql, { secrets, connected: true })).id;
    await seedMessages(accountId, ROWS);
    await seedMessages(other, 500);
    await sql`analyze messages`;
    const conversations = await sql<{ id: string }[]>`
      select conversation_id as id from messages where account_id = ${accountId}
      group by 1 order by count(*) desc
    `;
    busiest = conversations[0]?.id ?? "";
    quiet = conversations.at(-1)?.id ?? "";
  });
  afterAll(() => cleanUp.disposeAsync());

  /** Three messages a second; most are templates, every second one is of one person, some kinds are rare. */
  async function seedMessages(account: string, rows: number): Promise<void> {
    const people = Array.from({ length: PEOPLE }, (_, index) => ({
      account_id: account,
      id: makeId(),
      phone: `+1415555${1000 + index}`,
    }));
    await sql`insert into contacts ${sql(people)}`;
    const ids = people.map(({ id }) => id);
    await sql`
      insert into conversations (account_id, id, contact_id)
      select ${account}, gen_random_uuid(), id from unnest(${ids}::uuid[]) as id
    `;
    await sql`
      insert into messages (
        account_id, id, conversation_id, contact_id, direction, type, status, recipient, error, created_at
      )
      select ${account}, gen_random_uuid(), c.id, c.contact_id,
        case when i % 10 = 0 then 'inbound' else 'outbound' end,
        case
          when i % 10 = 0 then (array['text', 'image', 'reaction', 'order'])[1 + i / 10 % 4]
          when i % 1000 = 7 then 'document'
          when i % 3 = 0 then 'text'
          else 'template'
        end,
        case
          when i % 10 = 0 then 'received'
          when i % 50 = 3 then 'failed'
          when i % 5000 = 9 then 'sent'
          when i % 2 = 0 then 'read'
          else 'delivered'
        end,
        '+14155550123',
        case when i % 50 = 3 then jsonb_build_object(
          'code', case when i % 5000 = 3 then 131047 else 131026 end, 'title', 't', 'message', 'm', 'hint', 'h'
        ) end,
        ${startedAt}::timestamptz + i / 3 * interval '1 second'
      from generate_series(0, ${rows - 1}::int) as i
      join (
        select row_number() over (order by id) - 1 as place, id, contact_id
        from conversations where account_id = ${account}
      ) as c on c.place = case when i % 2 = 1 then 0 else i / 2 % ${PEOPLE} end
    `;
  }

  /** All that a filter means, without any cleverness. */
  function filterPlainly(rows: PlainRow[], filter: MessageLogFilter): string[] {
    return rows.filter((row) =>
      (filter.conversationId === null || row.conversation_id === filter.conversationId) &&
      (filter.direction === null || row.direction === filter.direction) &&
      (filter.status === null || row.status === filter.status) &&
      (filter.type === null || row.type === filter.type) &&
      (filter.errorCode === null || row.code === String(filter.errorCode)) &&
      (filter.createdFrom === null || row.created_at >= filter.createdFrom) &&
      (filter.createdBefore === null || row.created_at < filter.createdBefore)
    ).map(({ id }) => id);
  }

  const combinations = (): [name: string, choice: Choice][] => [
    ["all", {}],
    ["status sent", { status: "sent" }],
    ["status read", { status: "read" }],
    ["status pending", { status: "pending" }],
    ["status failed", { status: "failed" }],
    ["type document", { type: "document" }],
    ["type order", { type: "order" }],
    ["type text", { type: "text" }],
    ["inbound", { direction: "inbound" }],
    ["outbound", { direction: "outbound" }],
    ["outbound text", { direction: "outbound", type: "text" }],
    ["inbound image", { direction: "inbound", type: "image" }],
    ["inbound and delivered", { direction: "inbound", status: "delivered" }],
    ["error 131047", { errorCode: 131047 }],
    ["error 131026 text", { errorCode: 131026, type: "text" }],
    ["error nobody had", { errorCode: 1 }],
    ["busiest person", { conversationId: busiest }],
    ["busiest person, failed", { conversationId: busiest, status: "failed" }],
    ["quiet person, outbound", { conversationId: quiet, direction: "outbound" }],
    ["person and error", { conversationId: quiet, errorCode: 131026 }],
    ["from a day", { createdFrom: at(15_000) }],
    ["until a day", { createdBefore: at(7_000) }],
    ["days and kind", { createdFrom: at(6_000), createdBefore: at(16_000), status: "failed" }],
    ["days and document", { createdFrom: at(6_000), createdBefore: at(16_000), type: "document" }],
  ];

  const read = (filter: MessageLogFilter, from: LogStart | null) =>
    listMessageLog(sql, { accountId, filter, from });
  const startAt = (row: MessageLogRow | undefined, direction: LogStart["direction"]) => {
    assert(row !== undefined);
    return { direction, position: { createdAt: row.created_at, id: row.id } };
  };

  it("finds what a plain reading finds, for every choice, on the first pages and on the way back", async () => {
    const all = await sql<PlainRow[]>`
      select id, conversation_id, direction, type, status, error ->> 'code' as code, created_at
      from messages where account_id = ${accountId}
      order by created_at desc, id desc
    `;
    for (const [name, choice] of combinations()) {
      const filter = { ...EVERYTHING, ...choice };
      const expected = filterPlainly(all, filter);
      let from: LogStart | null = null;
      for (let page = 0; page < 3; page++) {
        const { rows } = await read(filter, from);
        const start = page * LOG_PAGE_SIZE;
        assertEquals(
          rows.map(({ id }) => id),
          expected.slice(start, start + LOG_PAGE_SIZE + 1),
          `${name}, page ${page}`,
        );
        if (rows.length <= LOG_PAGE_SIZE) break;
        from = startAt(rows[LOG_PAGE_SIZE - 1], "older");
      }
      if (expected.length <= 2 * LOG_PAGE_SIZE) continue;
      const third = (await read(filter, from)).rows[0];
      const back = await read(filter, startAt(third, "newer"));
      const place = expected.indexOf(third?.id ?? "");
      assertEquals(
        back.rows.map(({ id }) => id),
        expected.slice(Math.max(0, place - LOG_PAGE_SIZE - 1), place),
        `${name}, back`,
      );
    }
  });

  it("touches few rows for every choice but a person's, and none by reading the table", async () => {
    const middle: LogStart = {
      direction: "older",
      position: { createdAt: at(ROWS / 2), id: makeId() },
    };
    for (const [name, choice] of combinations()) {
      if (choice.conversationId) continue;
      const filter = { ...EVERYTHING, ...choice };
      for (const from of [null, middle, { ...middle, direction: "newer" as const }]) {
        const touched = await touchedBy(filter, from);
        assertEquals(touched.scans, 0, name);
        assert(touched.rows < TOUCHED_MAX, `${name} touches ${touched.rows} rows`);
      }
    }
  });

  it("reads a person's messages to a bounded depth, says where it stopped, and goes on from there", async () => {
    const filter = { ...EVERYTHING, conversationId: busiest, type: "video" };
    const first = await read(filter, null);
    assertEquals(first.rows, []);
    assert(first.searchedTo !== null);
    const last = await read(filter, { direction: "older", position: first.searchedTo });
    assertEquals(last, { rows: [], searchedTo: null });
  });

  async function touchedBy(filter: MessageLogFilter, from: LogStart | null): Promise<Touched> {
    const touched = await countTouched(sql, {
      tables: ["messages"],
      run: (tx) => listMessageLog(tx, { accountId, filter, from }),
    });
    return touched.get("messages") ?? { scans: 0, rows: 0 };
  }
});
