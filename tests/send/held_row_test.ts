/** A row that somebody holds for long (a merge, an operator's session) holds up the sends to that person alone. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { connect, type Sql } from "@/db/connect.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { postMessage } from "@/tests/helpers/sends.ts";

const OTHERS = 30;

describe("POST /api/v1/messages while somebody holds a row", () => {
  let harness: Harness;
  let sql: Sql;
  beforeAll(async () => {
    harness = await startHarness();
    sql = connect(harness.environment().DATABASE_URL ?? "", { poolSize: 2 });
  });
  afterAll(async () => {
    await sql.end({ timeout: 1 });
    await harness[Symbol.asyncDispose]();
  });

  it("201 to everybody else meanwhile, and to that person afterwards", async () => {
    const account = await harness.makeAccount();
    const post = (to: string) =>
      postMessage(harness.server.baseUrl, {
        key: account.key.key,
        body: { to, text: "Hello" },
      });
    const first = await post("+14155550100");
    const conversation = first.json.data.conversation_id;
    let answered = false;
    const { answering } = await sql.begin(async (tx) => {
      await tx`select from conversations where id = ${conversation} for update`;
      const answering = post("+14155550100").finally(() => answered = true);
      await eventually(async () => {
        const waiting = await sql`
          select from pg_stat_activity where wait_event_type = 'Lock' and query like '%begin_sends%'
            and datname = current_database()
        `;
        return waiting.count > 0;
      });
      const others = await Promise.all(
        Array.from({ length: OTHERS }, (_, index) => post(`+141555502${10 + index}`)),
      );
      assertEquals(others.map(({ status }) => status), others.map(() => 201));
      assertEquals(answered, false);
      return { answering };
    });
    assertEquals((await answering).status, 201);
  });
});
