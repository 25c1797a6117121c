/**
 * The backup and restore commands of docs/operations.md, run as they stand there: a database that was dumped and
 * restored serves, sends and knows what it did. Needs pg_dump and pg_restore, which the packages for tests lack.
 */
import { randomBytes } from "node:crypto";
import { assertEquals } from "@std/assert";
import { connect } from "@/db/connect.ts";
import { parseEncryptionKey } from "@/lib/encryption_key.ts";
import { SecretBox } from "@/lib/secret_box.ts";
import { callApi } from "@/tests/helpers/api_client.ts";
import { postgresFromEnvironment } from "@/tests/helpers/postgres_environment.ts";
import { readRepoFile } from "@/tests/helpers/repo_files.ts";
import { seedAccount } from "@/tests/helpers/seed.ts";
import { startServerProcess } from "@/tests/helpers/server_process.ts";

const HAS_TOOLS = await has("pg_dump") && await has("pg_restore");

Deno.test({
  name: "A dump that is restored into an empty database serves, sends and remembers",
  ignore: !HAS_TOOLS,
  fn: async () => {
    await using resources = new AsyncDisposableStack();
    // The oldest version that is supported: every pg_dump of today can read it.
    const postgres = resources.use(await postgresFromEnvironment(15));
    const [source, target] = [
      await postgres.createDatabase(),
      await postgres.createEmptyDatabase(),
    ];
    resources.defer(async () => {
      await source.drop();
      await target.drop();
    });
    const cwd = await Deno.makeTempDir({ prefix: "messages-api-dump-" });
    resources.defer(() => Deno.remove(cwd, { recursive: true }));
    const ENCRYPTION_KEY = randomBytes(32).toString("base64");
    const key = await seedKeyIn(source.url, ENCRYPTION_KEY);
    const send = (baseUrl: string) =>
      callApi(baseUrl, {
        path: "/api/v1/messages",
        key,
        body: { to: "+14155550123", text: "Kept" },
        headers: { "idempotency-key": "order-1042" },
      });

    const server = await startServerProcess({ DATABASE_URL: source.url, ENCRYPTION_KEY });
    const sent = await send(server.baseUrl);
    assertEquals(sent.status, 201, sent.text);
    // While the server runs, as one does.
    await runAsDocumented("pg_dump", { cwd, env: { DATABASE_URL: source.url } });
    assertEquals(await server.stop(), 0);

    await runAsDocumented("pg_restore", { cwd, env: { RESTORED_URL: target.url } });
    await using restored = await startServerProcess({ DATABASE_URL: target.url, ENCRYPTION_KEY });
    const again = await send(restored.baseUrl);
    assertEquals([again.status, again.headers.get("idempotent-replayed")], [201, "true"]);
    assertEquals(again.json.data.message_id, sent.json.data.message_id);
    const another = await callApi(restored.baseUrl, {
      path: "/api/v1/messages",
      key,
      body: { to: "+14155550123", text: "New" },
    });
    // It decrypts the secrets of the account: they came along, and the key fits.
    assertEquals(another.status, 201, another.text);
    assertEquals(another.json.data.contact_id, sent.json.data.contact_id);
    assertEquals(await restored.stop(), 0);
  },
});

/** A key of an account's test twin. */
async function seedKeyIn(url: string, encryptionKey: string): Promise<string> {
  const sql = connect(url, { poolSize: 1 });
  try {
    const secrets = new SecretBox([parseEncryptionKey(encryptionKey) ?? new Uint8Array()]);
    return (await seedAccount(sql, { secrets, connected: false })).testKey.key;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Runs the one command of the page that begins so. */
async function runAsDocumented(
  program: "pg_dump" | "pg_restore",
  options: { cwd: string; env: Record<string, string> },
): Promise<void> {
  const page = await readRepoFile("docs/operations.md");
  const commands = page.split("\n").filter((line) => line.startsWith(`${program} `));
  assertEquals(commands.length, 1, program);
  const { code, stderr } = await new Deno.Command("sh", {
    args: ["-c", commands[0] ?? ""],
    ...options,
  }).output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""], commands[0]);
}

async function has(program: string): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(program, { args: ["--version"] }).output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
