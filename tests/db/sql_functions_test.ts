/** The functions in SQL that other code relies on: which phones are one, and which status wins. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { connect, type Sql } from "@/db/connect.ts";
import { STATUS_ORDER } from "@/lib/messages/status.ts";
import { postgresFromEnvironment } from "@/tests/helpers/postgres_environment.ts";

// Each phone and its key; a phone alone is its own key.
const PHONE_KEYS: [phone: string, key?: string][] = [
  ["+14155550123"],
  // Brazil: two digits of the area, then the added 9 before a mobile number (6 to 9).
  ["+5511987654321", "+551187654321"],
  ["+5511967654321", "+551167654321"],
  ["+5599999999999", "+559999999999"],
  ["+551187654321"],
  ["+5511957654321"],
  ["+5511887654321"],
  ["+551198765432"],
  ["+55119876543210"],
  // Mexico: the 1 that mobile numbers once had after the country code.
  ["+5215512345678", "+525512345678"],
  ["+525512345678"],
  ["+521551234567"],
  ["+52155123456789"],
  ["+5225512345678"],
  // Argentina: the 9 of mobile numbers called from abroad.
  ["+5491123456789", "+541123456789"],
  ["+541123456789"],
  ["+549112345678"],
  ["+54911234567890"],
  ["+5481123456789"],
  // The same digits in another country mean nothing.
  ["+5611987654321"],
  ["+15215512345678"],
];

describe("phone_key() and the order of statuses", () => {
  const cleanUp = new AsyncDisposableStack();
  const connections: Sql[] = [];
  beforeAll(async () => {
    for (const version of [15, 18] as const) {
      const postgres = cleanUp.use(await postgresFromEnvironment(version));
      const database = await postgres.createDatabase();
      cleanUp.defer(() => database.drop());
      const sql = connect(database.url, { poolSize: 1 });
      cleanUp.defer(() => sql.end({ timeout: 5 }));
      await sql`select 1`;
      connections.push(sql);
    }
  });
  afterAll(() => cleanUp.disposeAsync());

  it("phone_key() unites exactly WhatsApp's own rewritings", async () => {
    for (const sql of connections) {
      const rows = await sql<{ phone: string; key: string }[]>`
        select phone, phone_key(phone) as key
        from unnest(${PHONE_KEYS.map(([phone]) => phone)}::text[]) as phone
      `;
      const expected = PHONE_KEYS.map(([phone, key = phone]) => ({ phone, key }));
      assertEquals([...rows], expected);
    }
  });

  it("phone_key() of no phone is no key, so that people without one do not collide", async () => {
    for (const sql of connections) {
      assertEquals([...await sql`select phone_key(null) as key`], [{ key: null }]);
    }
  });

  it("message_status_rank() is the place in STATUS_ORDER, and nothing for other words", async () => {
    for (const sql of connections) {
      const words = [...STATUS_ORDER, "received", "played"];
      const rows = await sql<{ rank: number | null }[]>`
        select message_status_rank(word) as rank from unnest(${words}::text[]) as word
      `;
      assertEquals(rows.map((row) => row.rank), [
        ...STATUS_ORDER.map((_, index) => index + 1),
        null,
        null,
      ]);
    }
  });

  it("later_message_status() is the maximum, whichever comes first", async () => {
    for (const sql of connections) {
      const rows = await sql<{ a: string; b: string; later: string }[]>`
        select a, b, later_message_status(a, b) as later
        from unnest(${[...STATUS_ORDER]}::text[]) as a, unnest(${[...STATUS_ORDER]}::text[]) as b
      `;
      assertEquals(rows.length, STATUS_ORDER.length ** 2);
      const order: readonly string[] = STATUS_ORDER;
      for (const { a, b, later } of rows) {
        assertEquals(later, order[Math.max(order.indexOf(a), order.indexOf(b))], `${a}, ${b}`);
      }
    }
  });
});
