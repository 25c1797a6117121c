/** Sessions at the edges that no single request reaches: changes of the password at the same time, and cleaning up. */
import { randomBytes } from "node:crypto";
import { assertEquals } from "@std/assert";
import { connect, type Sql } from "@/db/connect.ts";
import {
  deleteEndedSessions,
  findSession,
  insertSession,
  isSessionAlive,
  listSessions,
} from "@/db/sessions.ts";
import { updateOwnPassword } from "@/db/team.ts";
import { updatePassword } from "@/db/users.ts";
import { createAccount } from "@/lib/accounts.ts";
import { SecretBox } from "@/lib/secret_box.ts";
import { postgresFromEnvironment } from "@/tests/helpers/postgres_environment.ts";

Deno.test("Sessions and changes of the password", async (t) => {
  await using postgres = await postgresFromEnvironment();
  const database = await postgres.createDatabase();
  const sql = connect(database.url, { poolSize: 4 });
  try {
    const secrets = new SecretBox([new Uint8Array(32)]);
    const account = await createAccount(sql, { name: "Shop", secrets });
    const make = () => makeUser(sql, account.id);

    await t.step("a password that changed since it was checked begins no session", async () => {
      const user = await make();
      await updatePassword(sql, { email: user.email, passwordHash: "new" });
      assertEquals(await insertSession(sql, newSession(user.id, "old")), false);
      assertEquals(await insertSession(sql, newSession(user.id, "new")), true);
    });

    for (
      const [name, change] of [
        [
          "updatePassword",
          (user) => updatePassword(sql, { email: user.email, passwordHash: "new" }),
        ],
        ["updateOwnPassword", (user) =>
          updateOwnPassword(sql, {
            accountId: account.id,
            userId: user.id,
            checkedHash: "old",
            passwordHash: "new",
            keepSessionId: crypto.randomUUID(),
          })],
      ] satisfies [string, (user: { id: string; email: string }) => Promise<unknown>][]
    ) {
      await t.step(`${name} ends a session that begins in the same moment`, async () => {
        const user = await make();
        let change_: Promise<unknown> = Promise.resolve();
        await sql.begin(async (tx) => {
          assertEquals(await insertSession(tx, newSession(user.id, "old")), true);
          change_ = change(user);
          // It waits for the row that this transaction holds.
          await waitForLock(sql);
        });
        await change_;
        const owner = { accountId: account.id, userId: user.id };
        assertEquals((await listSessions(sql, owner)).length, 0);
      });
    }

    await t.step(
      "a password that was reset meanwhile is not overwritten by its person",
      async () => {
        const user = await make();
        await updatePassword(sql, { email: user.email, passwordHash: "reset" });
        await insertSession(sql, newSession(user.id, "reset"));
        const change = { accountId: account.id, userId: user.id, passwordHash: "own" };
        const keepSessionId = crypto.randomUUID();
        const outcome = await updateOwnPassword(sql, {
          ...change,
          checkedHash: "old",
          keepSessionId,
        });
        assertEquals(outcome, null);
        const [row] = await sql`select password_hash from users where id = ${user.id}`;
        assertEquals(row?.password_hash, "reset");
        const owner = { accountId: account.id, userId: user.id };
        assertEquals((await listSessions(sql, owner)).length, 1);
      },
    );

    await t.step(
      "a look at a session's life does not prolong it, and ended ones are deleted",
      async () => {
        const user = await make();
        const session = newSession(user.id, "old");
        await insertSession(sql, session);
        await sql`update sessions set last_seen_at = now() - interval '11 hours' where id = ${session.id}`;
        assertEquals(await isSessionAlive(sql, session.id), true);
        assertEquals(await deleteEndedSessions(sql, { limit: 10 }), 0);
        await sql`update sessions set last_seen_at = last_seen_at - interval '1 hour' where id = ${session.id}`;
        assertEquals(await isSessionAlive(sql, session.id), false);
        assertEquals(await findSession(sql, session.tokenHash), null);
        assertEquals(await deleteEndedSessions(sql, { limit: 10 }), 1);
      },
    );
  } finally {
    await sql.end({ timeout: 5 });
    await database.drop();
  }
});

async function makeUser(sql: Sql, accountId: string): Promise<{ id: string; email: string }> {
  const id = crypto.randomUUID();
  const email = `${id}@example.com`;
  await sql`
    insert into users (id, account_id, email, password_hash)
    values (${id}, ${accountId}, ${email}, 'old')
  `;
  return { id, email };
}

function newSession(userId: string, passwordHash: string) {
  return {
    id: crypto.randomUUID(),
    tokenHash: new Uint8Array(randomBytes(32)),
    userId,
    userAgent: null,
    clientAddress: "127.0.0.1",
    replaces: null,
    passwordHash,
  };
}

async function waitForLock(sql: Sql): Promise<void> {
  while (true) {
    const rows = await sql`
      select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock' and query ilike '%update users%'
    `;
    if (rows.length > 0) return;
  }
}
