/** The encryption key: rotated without a gap, and a wrong one is known at once and everywhere. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { type CliHarness, refusalOf, startCliHarness } from "@/tests/helpers/cli.ts";
import { taskProcess } from "@/tests/helpers/task_process.ts";

const COLUMNS = ["access_token", "app_secret", "verify_token"];

describe("cli secrets", () => {
  let cli: CliHarness;
  beforeAll(async () => {
    cli = await startCliHarness();
    for (const name of ["One", "Two", "Three"]) {
      await cli.json(["account", "create", "--name", name]);
    }
  });
  afterAll(() => cli[Symbol.asyncDispose]());

  const readStored = async () => {
    const rows = await cli.sql`select * from whatsapp_integrations order by id`;
    return rows.flatMap((row) => COLUMNS.map((column): string => row[column]));
  };

  it("secrets rotate re-encrypts everything with the first key, after which the old one may go", async () => {
    const oldKey = cli.environment.ENCRYPTION_KEY;
    const newKey = randomBytes(32).toString("base64");
    const both = { ENCRYPTION_KEY: `${newKey},${oldKey}` };
    const before = await readStored();
    assertEquals(before.length, 9);
    assertEquals(await cli.json(["secrets", "rotate"]), { rotated: 0 });
    // Old secrets are read while both keys are there, new ones are made with the first.
    const four = await cli.json(["account", "create", "--name", "Four"], both);
    assertEquals(await cli.json(["secrets", "rotate"], both), { rotated: 3 });
    assertEquals(await cli.json(["secrets", "rotate"], both), { rotated: 0 });
    const after = await readStored();
    const keyIds = after.map((secret) => secret.split(".")[1]);
    assertEquals([keyIds.length, new Set(keyIds).size], [12, 1]);
    assertEquals(before.filter((secret) => after.includes(secret)), []);

    const alone = { ENCRYPTION_KEY: newKey };
    const status = ["whatsapp", "status", "--account", four.id, "--test"];
    assertEquals((await cli.json(status, alone)).status, "connected");
    assertEquals(await cli.json(["secrets", "rotate"], alone), { rotated: 0 });
    const line = refusalOf(await cli.run(["account", "list"], { ENCRYPTION_KEY: oldKey ?? "" }));
    assertMatch(line, /encrypted with the key "[0-9a-f]{8}", which is not in ENCRYPTION_KEY/);
    // And back again, for the other tests and for people.
    const { stdout } = await cli.run(["secrets", "rotate"], {
      ENCRYPTION_KEY: `${oldKey},${newKey}`,
    });
    assertEquals(stdout, "4 integrations re-encrypted with the first key\n");
  });

  it("a wrong ENCRYPTION_KEY is one line and exit 1, for each command and for the server", async () => {
    const wrong = { ENCRYPTION_KEY: randomBytes(32).toString("base64") };
    const before = await readStored();
    for (
      const args of [["migrate"], ["account", "list", "--json"], ["secrets", "rotate"], [
        ...["account", "create", "--name", "Never"],
      ]]
    ) {
      const line = refusalOf(await cli.run(args, wrong));
      assertMatch(line, /which is not in ENCRYPTION_KEY: add that key again/);
      assertEquals(line.includes(wrong.ENCRYPTION_KEY), false);
    }
    const server = await taskProcess("start", { ...cli.environment, ...wrong, PORT: "0" }).output();
    assertEquals(server.code, 1);
    assertMatch(server.stderr, /^A stored secret was .* not in ENCRYPTION_KEY: .*\n$/);
    assertEquals(await readStored(), before);
  });

  it("a database without secrets takes any key", async () => {
    await using empty = await startCliHarness();
    const other = { ENCRYPTION_KEY: randomBytes(32).toString("base64") };
    assertNotEquals(other.ENCRYPTION_KEY, empty.environment.ENCRYPTION_KEY);
    assertEquals(await empty.json(["account", "list"], other), []);
  });
});
