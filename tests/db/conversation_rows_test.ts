/** What a send costs the table of conversations: a new version of one row, on the page where the row is. */
import { it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { connect } from "@/db/connect.ts";
import { beginSends } from "@/db/sends.ts";
import { SecretBox } from "@/lib/secret_box.ts";
import { plainSend } from "@/tests/helpers/plain_send.ts";
import { postgresFromEnvironment } from "@/tests/helpers/postgres_environment.ts";
import { seedAccount } from "@/tests/helpers/seed.ts";

const CONVERSATIONS = 1_000;
/** On pages of their own. */
const EVERY = 100;
const FIRST_NUMBER = 5_550_000;

it("a send to a conversation among many writes no index of conversations", async () => {
  await using cleanUp = new AsyncDisposableStack();
  const postgres = cleanUp.use(await postgresFromEnvironment(18));
  const database = await postgres.createDatabase();
  cleanUp.defer(() => database.drop());
  const sql = connect(database.url, { poolSize: 1 });
  cleanUp.defer(() => sql.end({ timeout: 5 }));
  const secrets = new SecretBox([new Uint8Array(32).fill(7)]);
  const { id: accountId } = await seedAccount(sql, { secrets, connected: true });
  await sql`
    with people as (
      insert into contacts (account_id, id, phone)
      select ${accountId}, gen_random_uuid(), '+1415' || (${FIRST_NUMBER}::int + i)
      from generate_series(0, ${CONVERSATIONS - 1}::int) i
      returning account_id, id
    )
    insert into conversations (account_id, id, contact_id, last_message_text, last_message_at)
    select account_id, gen_random_uuid(), id, 'Hello', now() from people
  `;
  const sends = Array.from(
    { length: CONVERSATIONS / EVERY },
    (_, index) => plainSend({ accountId, phone: `+1415${FIRST_NUMBER + index * EVERY}` }),
  );
  // On the one connection, for Postgres tells at once only what the transaction under way has done.
  await sql`begin`;
  await beginSends(sql, sends, { lockTimeoutMs: null });
  const [updates] = await sql<{ all: number; on_page: number }[]>`
    select pg_stat_get_xact_tuples_updated(oid)::int as all, pg_stat_get_xact_tuples_hot_updated(oid)::int as on_page
    from pg_class
    where oid = 'conversations'::regclass
  `;
  await sql`commit`;
  assertEquals(updates, { all: sends.length, on_page: sends.length });
});
