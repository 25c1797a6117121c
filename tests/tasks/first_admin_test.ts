/** ADMIN_EMAIL and ADMIN_PASSWORD: the first admin, made when a server starts and by nothing else, once. */
import { afterAll, beforeEach, describe, it } from "@std/testing/bdd";
import { assertEquals, assertMatch } from "@std/assert";
import { connect } from "@/db/connect.ts";
import { isPassword } from "@/lib/password.ts";
import { SecretBox } from "@/lib/secret_box.ts";
import { createFirstAdmin } from "@/lib/server/first_admin.ts";
import { type CliHarness, startCliHarness } from "@/tests/helpers/cli.ts";
import { startServerProcess } from "@/tests/helpers/server_process.ts";
import { taskProcess } from "@/tests/helpers/task_process.ts";

const ADMIN = { ADMIN_EMAIL: "Ann@Example.com", ADMIN_PASSWORD: "correct horse battery" };

describe("ADMIN_EMAIL and ADMIN_PASSWORD", () => {
  let cli: CliHarness;
  const started: CliHarness[] = [];
  beforeEach(async () => {
    cli = await startCliHarness();
    started.push(cli);
  });
  afterAll(async () => {
    for (const harness of started) await harness[Symbol.asyncDispose]();
  });

  const startAndStop = async (more: Record<string, string> = {}) => {
    const server = await startServerProcess({ ...cli.environment, ...ADMIN, ...more });
    assertEquals(await server.stop(), 0);
    return server.log().map(({ event }) => event);
  };

  it("create the owner and a new account in an empty database, once", async () => {
    assertEquals((await startAndStop()).includes("first_admin_created"), true);
    const [account] = await cli.json(["account", "list"]);
    assertEquals([account.name, account.mode], ["My account", "live"]);
    const [user, ...more] = await cli.sql`select * from users`;
    assertEquals(more, []);
    assertEquals([user?.email, user?.account_id, user?.owner], [
      "ann@example.com",
      account.id,
      true,
    ]);
    assertEquals(await isPassword(ADMIN.ADMIN_PASSWORD, user?.password_hash), true);

    const again = await startAndStop({ ADMIN_EMAIL: "bob@example.com" });
    assertEquals(again.includes("first_admin_created"), false);
    assertEquals([...await cli.sql`select email from users`], [{ email: "ann@example.com" }]);
    assertEquals((await cli.json(["account", "list"])).length, 2);
  });

  it("join the only live account", async () => {
    const account = await cli.json(["account", "create", "--name", "Shop"]);
    await startAndStop();
    const [user] = await cli.json(["user", "list"]);
    assertEquals([user.account_id, user.owner], [account.id, true]);
    assertEquals((await cli.json(["account", "list"])).length, 2);
  });

  it("do nothing in a CLI command", async () => {
    for (const args of [["migrate"], ["account", "list"], ["user", "list"]]) {
      await cli.json(args, ADMIN);
    }
    await cli.json(["account", "create", "--name", "Shop"], ADMIN);
    assertEquals(await cli.json(["user", "list"], ADMIN), []);
  });

  it("are one line and exit 1 while there are several accounts and no user", async () => {
    const first = await cli.json(["account", "create", "--name", "First"]);
    await cli.json(["account", "create", "--name", "Second"]);
    const environment = { ...cli.environment, ...ADMIN, PORT: "0", LOG_FORMAT: "json" };
    const { code, stdout, stderr } = await taskProcess("start", environment).output();
    assertEquals([code, stdout], [1, ""]);
    assertMatch(stderr, /^ADMIN_EMAIL cannot choose between several accounts: .*--account.*\n$/);
    assertEquals(await cli.json(["user", "list"]), []);

    const args = ["user", "create", "--email", "ann@example.com", "--password", "twelve chars"];
    await cli.json([...args, "--account", first.id]);
    assertEquals((await startAndStop()).includes("first_admin_created"), false);
  });

  it("make one admin and one account when several processes start at once", async () => {
    const secrets = new SecretBox([new Uint8Array(32)]);
    const url = cli.environment.DATABASE_URL ?? "";
    const processes = Array.from({ length: 4 }, () => connect(url, { poolSize: 1 }));
    try {
      await Promise.all(processes.map((sql) => sql`select 1`));
      const created = await Promise.all(processes.map((sql, index) => {
        const admin = { email: `${index}@example.com`, password: "correct horse battery" };
        return createFirstAdmin(sql, { admin, secrets });
      }));
      assertEquals(created.filter((isMine) => isMine).length, 1);
      const [{ users, accounts } = {}] = await cli.sql`
        select (select count(*)::int from users) as users, (select count(*)::int from accounts) as accounts
      `;
      assertEquals({ users, accounts }, { users: 1, accounts: 2 });
    } finally {
      await Promise.all(processes.map((sql) => sql.end({ timeout: 5 })));
    }
  });
});
