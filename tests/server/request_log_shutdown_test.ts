/** The request log is written in batches: what is waiting must not be lost when the server is told to stop. */
import { it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { openDatabase } from "@/db/connect.ts";
import { parseEncryptionKey } from "@/lib/encryption_key.ts";
import { SecretBox } from "@/lib/secret_box.ts";
import { callApi } from "@/tests/helpers/api_client.ts";
import { makeDataDir } from "@/tests/helpers/embedded_template.ts";
import { startHarness } from "@/tests/helpers/harness.ts";
import { seedAccount } from "@/tests/helpers/seed.ts";
import { type ServerProcess, startServerProcess } from "@/tests/helpers/server_process.ts";

const REQUESTS = 20;
const ENCRYPTION_KEY = btoa("k".repeat(32));

/** Makes requests and stops the server at once; the ids of the requests. */
async function callAndStop(server: ServerProcess, key: string): Promise<string[]> {
  const answers = await Promise.all(
    Array.from({ length: REQUESTS }, () => callApi(server.baseUrl, { path: "/api/v1/me", key })),
  );
  assertEquals(await server.stop(), 0);
  return answers.map(({ headers }) => headers.get("x-request-id") ?? "").sort();
}

it("a stopped server has written its request log to Postgres", async () => {
  // A server of its own on Postgres, whatever TEST_DATABASE says: its rows are read after its end.
  await using harness = await startHarness();
  if (harness.kind === "embedded") return;
  const { id, key } = await harness.makeAccount();
  const ids = await callAndStop(harness.server, key.key);
  const rows = await harness.query<{ request_id: string }>(
    "select request_id from api_requests where account_id = $1 order by request_id",
    [id],
  );
  assertEquals(rows.map((row) => row.request_id), ids);
});

it("a stopped server has written its request log to the embedded database", async () => {
  const dataDir = await makeDataDir();
  try {
    const before = await openDatabase({ databaseUrl: null, dataDir });
    const secrets = new SecretBox([parseEncryptionKey(ENCRYPTION_KEY) ?? new Uint8Array(32)]);
    const { id, key } = await seedAccount(before.sql, { secrets, connected: false });
    await before.close();
    await using server = await startServerProcess({ DATA_DIR: dataDir, ENCRYPTION_KEY });
    const ids = await callAndStop(server, key.key);
    const after = await openDatabase({ databaseUrl: null, dataDir });
    try {
      const rows = await after.sql<{ request_id: string }[]>`
        select request_id from api_requests where account_id = ${id} order by request_id
      `;
      assertEquals(rows.map((row) => row.request_id), ids);
    } finally {
      await after.close();
    }
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});
