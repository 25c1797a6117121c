/** `cli user`: people of an account, one for each e-mail address, whose sessions end with their password. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { isId } from "@/lib/ids.ts";
import { isPassword } from "@/lib/password.ts";
import { type CliHarness, refusalOf, startCliHarness } from "@/tests/helpers/cli.ts";

const PASSWORD = "correct horse battery";

describe("cli user", () => {
  let cli: CliHarness;
  let account: { id: string; test_account_id: string };
  beforeAll(async () => {
    cli = await startCliHarness();
    account = await cli.json(["account", "create", "--name", "Shop"]);
  });
  afterAll(() => cli[Symbol.asyncDispose]());

  const create = (email: string, ...more: string[]) =>
    cli.json(["user", "create", "--email", email, "--password", PASSWORD, ...more]);
  const readUser = async (id: string) => (await cli.sql`select * from users where id = ${id}`)[0];

  it("user create stores the address lower-cased and the password hashed; the first is the owner", async () => {
    const first = await create("  Ann@Example.COM ");
    assertEquals(Object.keys(first), ["id", "email"]);
    assertEquals([isId(first.id), first.email], [true, "ann@example.com"]);
    const row = await readUser(first.id);
    assertEquals([row?.account_id, row?.email, row?.owner], [account.id, "ann@example.com", true]);
    assertEquals(await isPassword(PASSWORD, row?.password_hash), true);
    const second = await create("bob@example.com");
    assertEquals((await readUser(second.id))?.owner, false);
    // A user belongs to the live account, also when its twin is named.
    const third = await create("cleo@example.com", "--account", account.test_account_id);
    assertEquals((await readUser(third.id))?.account_id, account.id);
  });

  it("user create and user list speak to people, and never of passwords", async () => {
    const run = await cli.run(
      ["user", "create", "--email", "dan@example.com", "--password", PASSWORD],
    );
    assertMatch(run.stdout, /^User "dan@example\.com" created: [0-9a-f-]{36}\n$/);
    const list = await cli.run(["user", "list"]);
    assertMatch(list.stdout, /^ID +EMAIL +ROLE +ACCOUNT\n/);
    assertMatch(list.stdout, /dan@example\.com +admin +/);
    assertEquals([run, list].some(({ stdout }) => stdout.includes(PASSWORD)), false);
  });

  it("user create refuses an address that another account has, in any case of letters", async () => {
    const { id: other } = await cli.json(["account", "create", "--name", "Other"]);
    await create("eve@example.com", "--account", other);
    const line = refusalOf(
      await cli.run([
        ...["user", "create", "--email", "EVE@example.com", "--password", PASSWORD],
        ...["--account", account.id, "--json"],
      ]),
    );
    assertEquals(
      line,
      'There is a user "eve@example.com" already: "user set-password" changes the password',
    );
    const [row] = await cli.sql`
      select count(*)::int as count from users where email = 'eve@example.com'
    `;
    assertEquals(row?.count, 1);
  });

  it("user list answers every user without the password", async () => {
    const list = await cli.json(["user", "list"]);
    for (const user of list) {
      assertEquals(Object.keys(user), ["id", "account_id", "email", "owner", "created_at"]);
    }
    const [row] = await cli.sql`select count(*)::int as count from users`;
    assertEquals(list.length, row?.count);
  });

  it("user set-password changes the password and ends that user's sessions alone", async () => {
    const user = await create("fay@example.com", "--account", account.id);
    const bystander = await create("gus@example.com", "--account", account.id);
    for (const [index, { id }] of [user, user, bystander].entries()) {
      await cli.sql`
        insert into sessions (token_hash, id, user_id, expires_at)
        values (${
        new Uint8Array(32).fill(index)
      }, ${crypto.randomUUID()}, ${id}, now() + interval '1 day')
      `;
    }
    const changed = await cli.json(
      ["user", "set-password", "--email", "FAY@example.com", "--password", "another long one"],
    );
    assertEquals(changed, { id: user.id, email: "fay@example.com" });
    const row = await readUser(user.id);
    assertEquals(await isPassword("another long one", row?.password_hash), true);
    assertEquals(await isPassword(PASSWORD, row?.password_hash), false);
    const left = await cli.sql`select user_id from sessions`;
    assertEquals([...left], [{ user_id: bystander.id }]);
    const { stdout } = await cli.run(
      ["user", "set-password", "--email", "fay@example.com", "--password", PASSWORD],
    );
    assertEquals(
      stdout,
      'Password of "fay@example.com" changed; all sessions of that user have ended\n',
    );
  });

  it("user set-password knows no other user", async () => {
    const args = ["user", "set-password", "--email", "nobody@example.com"];
    assertEquals(
      refusalOf(await cli.run([...args, "--password", PASSWORD])),
      'There is no user "nobody@example.com": "user list" shows them',
    );
  });

  it("a password that is too short is refused and not repeated, an address that is none is", async () => {
    for (const command of ["create", "set-password"]) {
      const args = ["user", command, "--email", "hal@example.com", "--json"];
      for (const password of ["hush hush x", "x".repeat(201)]) {
        const line = refusalOf(await cli.run([...args, "--password", password]));
        assertEquals(line, "--password must have 12 to 200 characters");
      }
      const wrong = await cli.run(["user", command, "--email", "hal", "--password", PASSWORD]);
      assertEquals([wrong.code, wrong.stdout], [1, ""]);
      assertStringIncludes(wrong.stderr, "Must be an e-mail address.");
      assertEquals(wrong.stderr.includes(PASSWORD), false);
    }
    assertEquals([...await cli.sql`select id from users where email like 'hal%'`], []);
  });
});
