/** `cli key`: what a key may be given, that it is shown once, and that revoking needs only its id. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals, assertMatch } from "@std/assert";
import { isId } from "@/lib/ids.ts";
import { hashKey, parseKeyMode } from "@/lib/keys/key_format.ts";
import { SCOPES } from "@/lib/keys/scopes.ts";
import { type CliHarness, refusalOf, startCliHarness } from "@/tests/helpers/cli.ts";

const DAY_MS = 86_400_000;
const LONGEST_NAME = "😀".repeat(80);

describe("cli key", () => {
  let cli: CliHarness;
  beforeAll(async () => {
    cli = await startCliHarness();
    await cli.json(["account", "create", "--name", "Shop"]);
  });
  afterAll(() => cli[Symbol.asyncDispose]());

  const create = (...args: string[]) => cli.json(["key", "create", "--name", "a key", ...args]);
  const readKey = async (id: string) => (await cli.sql`select * from api_keys where id = ${id}`)[0];

  it("key create shows the key once and stores its hash alone", async () => {
    const created = await create("--scope", "messages:send", "--scope", "messages:read");
    assertEquals(Object.keys(created), ["id", "key", "prefix", "scopes"]);
    assertEquals(isId(created.id), true);
    assertEquals(parseKeyMode(created.key), "live");
    assertEquals(created.prefix, created.key.slice(0, "wacrm_live_".length + 8));
    assertEquals(created.scopes, ["messages:send", "messages:read"]);
    const row = await readKey(created.id);
    assertEquals(new Uint8Array(row?.key_hash), new Uint8Array(hashKey(created.key)));
    assertEquals([row?.name, row?.rate_limit, row?.expires_at], ["a key", 120, null]);
    assertEquals(JSON.stringify(row).includes(created.key), false);
  });

  it("key create says to people what the key may do", async () => {
    const run = await cli.run(["key", "create", "--name", "n8n", "--scope", "messages:send"]);
    assertEquals([run.code, run.stderr], [0, ""]);
    assertMatch(
      run.stdout,
      /^Key "n8n" created for the live account "Shop"[^]*\n\n {2}wacrm_live_\w{49}\n\nIt may: messages:send\n$/,
    );
    const other = await cli.run(["key", "create", "--name", "none", "--test"]);
    assertMatch(other.stdout, /the test account[^]*wacrm_test_[^]*no scope[^]*GET \/api\/v1\/me/);
  });

  it("key create takes every scope, no scope, and each one once", async () => {
    const all = Object.keys(SCOPES);
    assertEquals((await create(...all.flatMap((scope) => ["--scope", scope]))).scopes, all);
    assertEquals((await create()).scopes, []);
    const twice = await create("--scope", "messages:read", "--scope", "messages:read");
    assertEquals((await readKey(twice.id))?.scopes, ["messages:read"]);
  });

  it("key create keeps to the limits of name, rate limit and expiry", async () => {
    for (
      const [args, expected] of [
        [["--rate-limit", "0"], { rate_limit: 0 }],
        [["--rate-limit", "1"], { rate_limit: 1 }],
        [["--rate-limit", "1000000"], { rate_limit: 1_000_000 }],
        [["--name", LONGEST_NAME], { name: LONGEST_NAME }],
      ] as const
    ) {
      const row = await readKey((await create(...args)).id);
      for (const [name, value] of Object.entries(expected)) assertEquals(row?.[name], value);
    }
    for (const days of [1, 365]) {
      const row = await readKey((await create("--expires-in-days", String(days))).id);
      const inDays = (row?.expires_at - Date.now()) / DAY_MS;
      assertEquals(Math.abs(inDays - days) < 0.01, true, String(inDays));
    }
  });

  it("key create refuses what is beyond them, in one line on stderr, and stores nothing", async () => {
    const [before] = await cli.sql`select count(*)::int as count from api_keys`;
    for (
      const [args, line] of [
        [["--name", `${LONGEST_NAME}x`], "Must have 1 to 80 characters."],
        [["--name", "  "], "Must have 1 to 80 characters."],
        [["--scope", "messages"], "Must be one of messages:send, "],
        [["--scope", "messages:send,messages:read"], "Must be one of"],
        [["--rate-limit", "-1"], "Must be a whole number from 0 to 1000000."],
        [["--rate-limit", "1000001"], "Must be a whole number"],
        [["--rate-limit", "1.5"], "Must be a whole number"],
        [["--rate-limit", "many"], "Must be a whole number"],
        [["--expires-in-days", "0"], "Must be a whole number from 1 to 365."],
        [["--expires-in-days", "366"], "Must be a whole number from 1 to 365."],
      ] as const
    ) {
      const run = await cli.run(["key", "create", "--name", "a key", ...args, "--json"]);
      assertEquals([run.code, run.stdout], [1, ""], args.join(" "));
      const [first = "", ...more] = run.stderr.split("\n");
      assertEquals(first.startsWith(`error: option '${args[0]} <`), true, first);
      assertEquals(first.includes(line), true, first);
      assertEquals(more, ["(--help shows the options)", ""]);
    }
    const unnamed = await cli.run(["key", "create", "--json"]);
    assertEquals([unnamed.code, unnamed.stdout], [1, ""]);
    assertMatch(unnamed.stderr, /^error: required option '--name <name>' not specified\n/);
    assertEquals([...await cli.sql`select count(*)::int as count from api_keys`], [before]);
  });

  it("key list shows the newest first, revoked and expired ones too, and never a key", async () => {
    const { id: account } = await cli.json(["account", "create", "--name", "Lists"]);
    const at = ["--account", account];
    assertEquals(await cli.json(["key", "list", ...at]), []);
    const first = await create(...at, "--scope", "contacts:read", "--rate-limit", "7");
    const second = await create(...at, "--expires-in-days", "3");
    const { revoked_at } = await cli.json(["key", "revoke", first.id]);
    await cli.sql`update api_keys set expires_at = '2026-01-01' where id = ${second.id}`;
    await cli.sql`update api_keys set last_used_at = '2026-01-02' where id = ${first.id}`;
    const list = await cli.json(["key", "list", ...at]);
    assertEquals(list, [
      {
        id: second.id,
        name: "a key",
        prefix: second.prefix,
        scopes: [],
        rate_limit: 120,
        expires_at: "2026-01-01T00:00:00.000Z",
        revoked_at: null,
        last_used_at: null,
      },
      {
        id: first.id,
        name: "a key",
        prefix: first.prefix,
        scopes: ["contacts:read"],
        rate_limit: 7,
        expires_at: null,
        revoked_at,
        last_used_at: "2026-01-02T00:00:00.000Z",
      },
    ]);
    const { stdout } = await cli.run(["key", "list", ...at]);
    assertMatch(stdout, /^ID +PREFIX +STATE +LAST USED +SCOPES +NAME\n/);
    assertMatch(stdout, new RegExp(`${second.id} +${second.prefix} +expired +never +none +a key`));
    assertMatch(stdout, new RegExp(`${first.id} +${first.prefix} +revoked `));
    assertEquals(stdout.includes(first.key), false);
    assertEquals(await cli.json(["key", "list", ...at, "--test"]), []);
  });

  it("key revoke needs the id alone, whatever the number of accounts, and keeps the first time", async () => {
    const { id: account } = await cli.json(["account", "create", "--name", "Another"]);
    const { id } = await create("--account", account, "--test");
    const revoked = await cli.json(["key", "revoke", id]);
    assertEquals(Object.keys(revoked), ["id", "revoked_at"]);
    assertEquals(revoked.id, id);
    assertEquals((await readKey(id))?.revoked_at.toISOString(), revoked.revoked_at);
    assertEquals(await cli.json(["key", "revoke", id]), revoked);
    const { stdout } = await cli.run(["key", "revoke", id]);
    assertEquals(stdout, `Key ${id} is revoked since ${revoked.revoked_at}\n`);
  });

  it("key revoke knows no other id, and no key by its text", async () => {
    for (const id of ["01a204b1-65f2-7207-894d-d21c80b048c7", "x", "wacrm_live_1234"]) {
      assertEquals(
        refusalOf(await cli.run(["key", "revoke", id, "--json"])),
        `There is no key "${id}": "key list" shows them`,
      );
    }
  });
});
