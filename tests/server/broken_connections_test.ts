/** The server's connections to its database, broken at each point of their making: the process lives on. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { startPrivatePostgres } from "@/tests/helpers/private_postgres.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import { type ServerProcess, startServerProcess } from "@/tests/helpers/server_process.ts";
import { callApi } from "@/tests/helpers/api_client.ts";
import { startTcpGateway, type TcpGateway } from "@/tests/helpers/tcp_gateway.ts";

/** More than the pool has connections. */
const CALLS = 40;

describe("connections to the database that break while they are made", () => {
  const resources = new AsyncDisposableStack();
  let harness: Harness;
  let gateway: TcpGateway;
  let server: ServerProcess;
  let account: SeededAccount;

  beforeAll(async () => {
    const { cluster, postgres } = resources.use(await startPrivatePostgres());
    harness = resources.use(await startHarness({ postgres }));
    account = await harness.makeAccount();
    gateway = resources.use(await startTcpGateway(() => cluster.port));
    const environment = harness.environment();
    const url = new URL(environment.DATABASE_URL ?? "");
    url.port = String(gateway.port);
    server = resources.use(
      await startServerProcess({ ...environment, DATABASE_URL: url.toString() }),
    );
  });
  afterAll(() => resources.disposeAsync());

  const callMe = async () =>
    (await callApi(server.baseUrl, { path: "/api/v1/me", key: account.key.key })).status;

  for (const packets of [1, 2, 3, 4]) {
    it(`cut at packet ${packets}, they cost requests at most, and the next ones work`, async () => {
      // All connections that there are, so that new ones are made.
      await gateway.refuse();
      gateway.cutNewConnectionsAfter(packets);
      await gateway.accept();
      const statuses = await Promise.all(Array.from({ length: CALLS }, callMe));
      assertEquals(statuses.filter((status) => status !== 200 && status !== 503), []);
      gateway.cutNewConnectionsAfter(null);
      await eventually(async () => {
        const all = await Promise.all(Array.from({ length: CALLS }, callMe));
        return all.every((status) => status === 200);
      }, 15_000);
    });
  }
});
