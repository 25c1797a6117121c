/** Commands on the embedded database: the same as on Postgres, but only while no server holds the directory. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseCliJson, refusalOf, runCli } from "@/tests/helpers/cli.ts";
import { makeDataDir } from "@/tests/helpers/embedded_template.ts";
import { callApi } from "@/tests/helpers/api_client.ts";
import { startServerProcess } from "@/tests/helpers/server_process.ts";

describe("cli on the embedded database", () => {
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await makeDataDir();
  });
  afterAll(() => Deno.remove(dataDir, { recursive: true }));

  const run = (...args: string[]) => runCli(args, { DATA_DIR: dataDir });
  const json = async (...args: string[]) => parseCliJson(await run(...args, "--json"));

  it("makes accounts, users and keys, one command after the other", async () => {
    const account = await json("account", "create", "--name", "Shop");
    assertEquals((await json("account", "list")).length, 2);
    const user = await json(
      ...["user", "create", "--email", "ann@example.com", "--password", "correct horse battery"],
    );
    assertEquals(user.email, "ann@example.com");
    const key = await json("key", "create", "--name", "x", "--test");
    const list = await json("key", "list", "--account", account.test_account_id);
    assertEquals(list.map(({ id }: { id: string }) => id), [key.id]);
    assertEquals((await json("key", "revoke", key.id)).id, key.id);
    assertEquals((await json("whatsapp", "status", "--test")).status, "connected");
    assertEquals(await json("migrate"), { applied: [] });
    assertEquals(await json("secrets", "rotate"), { rotated: 0 });
  });

  it("keeps its generated key beside the database, for its user alone", async () => {
    const { mode } = await Deno.stat(`${dataDir}/encryption_key`);
    assertEquals(((mode ?? 0) & 0o777).toString(8), "600");
    const kept = await Deno.readTextFile(`${dataDir}/encryption_key`);
    await Deno.writeTextFile(`${dataDir}/encryption_key`, "damaged");
    const line = refusalOf(await run("account", "list"));
    assertStringIncludes(line, "does not hold an encryption key: restore it from a backup");
    await Deno.writeTextFile(`${dataDir}/encryption_key`, kept);
    assertEquals((await json("account", "list")).length, 2);
  });

  it("says that a running server holds the directory, and leaves that server alone", async () => {
    const { key } = await json("key", "create", "--name", "y", "--test");
    await using server = await startServerProcess({ DATA_DIR: dataDir });
    for (const args of [["account", "list"], ["key", "create", "--name", "z", "--json"]]) {
      const line = refusalOf(await run(...args));
      assertStringIncludes(line, `"${dataDir}" is in use by another process: stop the server`);
    }
    const answer = await callApi(server.baseUrl, { path: "/api/v1/me", key });
    assertEquals(answer.status, 200);
    assertEquals(await server.stop(), 0);
    assertEquals((await json("key", "list", "--test")).length, 2);
  });

  it("says in one line that DATA_DIR cannot be written", async () => {
    const file = `${dataDir}/encryption_key`;
    const line = refusalOf(await runCli(["account", "list"], { DATA_DIR: `${file}/data` }));
    assertStringIncludes(line, `"${file}/data"`);
  });
});
