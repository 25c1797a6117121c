/**
 * Two servers behind one port, restarted one after the other under load: what clients lose are connections, never
 * messages. Repeated with its Idempotency-Key, every request ends in one 201 and one message.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { freePort } from "@/tests/helpers/free_port.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { receivedFrom } from "@/tests/helpers/sends.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import {
  type LogLine,
  type ServerProcess,
  startServerProcess,
} from "@/tests/helpers/server_process.ts";
import { startPersistentClients } from "@/tests/server/persistent_clients.ts";

describe("servers that share a port", () => {
  const resources = new AsyncDisposableStack();
  let harness: Harness;
  let account: SeededAccount;
  beforeAll(async () => {
    harness = resources.use(await startHarness());
    account = await harness.makeAccount();
    // So that there is always something under way.
    harness.simulator.faults.when(() => true, { kind: "delay", ms: 20 });
  });
  afterAll(() => resources.disposeAsync());

  const start = (port: number): Promise<ServerProcess> =>
    startServerProcess({ ...harness.environment(), PORT: String(port), REUSE_PORT: "true" });

  it("restarted one after the other under load, they send every message exactly once", async () => {
    const port = freePort();
    await using servers = new AsyncDisposableStack();
    const [first, second] = [servers.use(await start(port)), servers.use(await start(port))];
    const clients = startPersistentClients({ port, key: account.key.key, keeping: 8, opening: 4 });
    const restartBoth = async () => {
      for (const old of [first, second]) {
        await old.waitForLog(isSend);
        assertEquals(await old.stop(), 0);
        await servers.use(await start(port)).waitForLog(isSend);
      }
    };
    await Promise.all([clients.done, restartBoth().finally(clients.stop)]);
    const { sent, lost } = clients;
    const count = (isKept: boolean) => lost.filter((each) => each.isKept === isKept).length;
    // deno-lint-ignore no-console -- no figure would be wrong: it depends on the kernel and the machine
    console.log(
      `${sent.length} sends, two restarts: ${count(true)} kept and ${
        count(false)
      } new connections lost`,
    );

    const rows = await harness.query<{ id: string; idempotency_key: string; status: string }>(
      "select id, idempotency_key, status from messages where account_id = $1",
      [account.id],
    );
    assertEquals(rows.filter(({ status }) => status !== "sent"), []);
    assertEquals(rows.length, sent.length);
    const ids = new Map(rows.map((row) => [row.idempotency_key, row.id]));
    for (const { key, messageId } of sent) assertEquals([key, ids.get(key)], [key, messageId]);
    const received = receivedFrom(harness.simulator, account);
    assertEquals(received.filter(({ taken }) => !taken), []);
    assertEquals(
      received.map(({ body }) => String(body?.biz_opaque_callback_data)).sort(),
      sent.map(({ messageId }) => messageId).sort(),
    );
  });

  it("one that is asked to stop leaves its clients a moment to move on", async () => {
    await using server = await start(freePort());
    assertEquals(await server.stop(), 0);
    const timeOf = (name: string) =>
      Date.parse(String(server.log().find(({ event }) => event === name)?.time));
    const tookMs = timeOf("stopped") - timeOf("stopping");
    assert(tookMs >= 299, `It stopped within ${tookMs} ms`);
  });
});

function isSend(line: LogLine): boolean {
  return line.event === "request" && line.route === "/api/v1/messages" && line.status === 201;
}
