/** `cli account` and how the other commands choose an account. */
import { afterAll, beforeEach, describe, it } from "@std/testing/bdd";
import { assertEquals, assertMatch } from "@std/assert";
import { isId } from "@/lib/ids.ts";
import { type CliHarness, refusalOf, startCliHarness } from "@/tests/helpers/cli.ts";

describe("cli account", () => {
  let cli: CliHarness;
  const started: CliHarness[] = [];
  beforeEach(async () => {
    // Which account is meant depends on how many there are: each test has a database of its own.
    cli = await startCliHarness();
    started.push(cli);
  });
  afterAll(async () => {
    for (const harness of started) await harness[Symbol.asyncDispose]();
  });

  it("account create answers the pair, with the sandbox of the twin connected", async () => {
    const created = await cli.json(["account", "create", "--name", "  Ann's Shop  "]);
    assertEquals(Object.keys(created), ["id", "name", "test_account_id"]);
    assertEquals([isId(created.id), isId(created.test_account_id)], [true, true]);
    assertEquals(created.name, "Ann's Shop");
    const rows = await cli.sql`select id, name, mode, live_account_id from accounts order by mode`;
    assertEquals([...rows], [
      { id: created.id, name: "Ann's Shop", mode: "live", live_account_id: null },
      {
        id: created.test_account_id,
        name: "Ann's Shop",
        mode: "test",
        live_account_id: created.id,
      },
    ]);
    const [sandbox] = await cli.sql`select * from whatsapp_integrations`;
    assertEquals([sandbox?.account_id, sandbox?.status], [created.test_account_id, "connected"]);
    assertMatch(sandbox?.phone_number_id, /^[1-9][0-9]{14}$/);
    assertMatch(sandbox?.app_secret, /^v1\.[0-9a-f]{8}\./);
  });

  it("account create says both ids to people", async () => {
    const run = await cli.run(["account", "create", "--name", "Shop"]);
    const [row] = await cli.sql`select id from accounts where mode = 'live'`;
    const [twin] = await cli.sql`select id from accounts where mode = 'test'`;
    assertEquals(run, {
      code: 0,
      stdout: `Account "Shop" created: ${row?.id}\nIts test twin: ${twin?.id}\n`,
      stderr: "",
    });
  });

  it("account list shows live accounts before their twins, the oldest first", async () => {
    assertEquals(await cli.json(["account", "list"]), []);
    const empty = await cli.run(["account", "list"]);
    assertMatch(empty.stdout, /^There is no account yet: create one with "account create/);
    const first = await cli.json(["account", "create", "--name", "First"]);
    const second = await cli.json(["account", "create", "--name", "Second"]);
    const list = await cli.json(["account", "list"]);
    assertEquals(
      list.map(({ created_at, ...rest }: { created_at: string }) => {
        assertMatch(created_at, /^\d{4}-.*Z$/);
        return rest;
      }),
      [first, second].flatMap(({ id, name, test_account_id }) => [
        { id, name, mode: "live", live_account_id: null },
        { id: test_account_id, name, mode: "test", live_account_id: id },
      ]),
    );
    const { stdout } = await cli.run(["account", "list"]);
    const lines = stdout.trimEnd().split("\n");
    assertMatch(lines[0] ?? "", /^ID +MODE +NAME$/);
    assertEquals(lines[1], `${first.id}  live  First`);
    assertEquals(lines.length, 5);
  });

  it("without an account, a command says how to create one", async () => {
    for (
      const args of [
        ["key", "list"],
        ["key", "create", "--name", "x", "--test"],
        ["whatsapp", "status"],
        ["whatsapp", "disconnect"],
        ["user", "create", "--email", "a@example.com", "--password", "twelve chars"],
      ]
    ) {
      assertEquals(
        refusalOf(await cli.run([...args, "--json"])),
        'There is no account yet: create one with "account create --name <name>"',
      );
    }
  });

  it("--account may be left out while there is one live account, --test and a twin's id select the twin", async () => {
    const { id, test_account_id: twin } = await cli.json(["account", "create", "--name", "Shop"]);
    for (
      const [choice, expected] of [
        [[], id],
        [["--account", id], id],
        [["--account", id.toUpperCase()], id],
        [["--test"], twin],
        [["--account", twin], twin],
        [["--account", twin, "--test"], twin],
        [["--account", id, "--test"], twin],
      ] as const
    ) {
      const { id: keyId, key } = await cli.json(["key", "create", "--name", "x", ...choice]);
      const [row] = await cli.sql`select account_id from api_keys where id = ${keyId}`;
      assertEquals(row?.account_id, expected, choice.join(" "));
      assertEquals(key.startsWith(expected === id ? "wacrm_live_" : "wacrm_test_"), true);
      const keys = await cli.json(["key", "list", ...choice]);
      assertEquals(keys[0]?.id, keyId);
    }
  });

  it("with several live accounts a command asks for one, and knows no other account's id", async () => {
    const first = await cli.json(["account", "create", "--name", "First"]);
    await cli.json(["account", "create", "--name", "Second"]);
    for (
      const args of [
        ["key", "list"],
        ["key", "list", "--test"],
        ["key", "create", "--name", "x"],
        ["whatsapp", "status"],
        ["user", "create", "--email", "a@example.com", "--password", "twelve chars"],
      ]
    ) {
      assertEquals(
        refusalOf(await cli.run(args)),
        'There are 2 accounts: name one with --account <id> ("account list" shows them)',
      );
    }
    assertEquals(await cli.json(["key", "list", "--account", first.id]), []);
    for (const wrong of ["01a204b1-65f2-7207-894d-d21c80b048c7", "First", "1"]) {
      assertEquals(
        refusalOf(await cli.run(["key", "list", "--account", wrong])),
        `There is no account "${wrong}": "account list" shows them`,
      );
    }
    assertEquals([...await cli.sql`select id from api_keys`], []);
  });

  it("account export prints an object a line, and last how many there were of each type", async () => {
    const created = await cli.json(["account", "create", "--name", "Ann's Shop"]);
    await cli.json(["key", "create", "--name", "backend", "--test"]);
    const { code, stdout, stderr } = await cli.run(["account", "export", "--test"]);
    assertEquals([code, stderr, stdout.endsWith("\n")], [0, "", true]);
    const lines = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    assertEquals(lines.map(({ type }) => type), [
      ...["export", "account", "api_key", "integration", "end"],
    ]);
    assertEquals(lines[0].account_id, created.test_account_id);
    assertEquals([lines[1].data.name, lines[2].data.name], ["Ann's Shop", "backend"]);
    const { account, api_key, contact } = lines.at(-1).counts;
    assertEquals([account, api_key, contact], [1, 1, 0]);
  });
});
