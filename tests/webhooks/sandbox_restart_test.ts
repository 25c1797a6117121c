/** Test mode over a restart: what the sandbox was going to tell is a row, which the next process finds. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { callApi } from "@/tests/helpers/api_client.ts";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { inboundRows } from "@/tests/helpers/inbound.ts";
import {
  postgresFromEnvironment,
  type TestPostgres,
} from "@/tests/helpers/postgres_environment.ts";
import { startServerProcess } from "@/tests/helpers/server_process.ts";

describe("the sandbox of test mode", () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await postgresFromEnvironment();
  });
  afterAll(() => postgres[Symbol.asyncDispose]());

  function planned(harness: Harness, accountId: string): Promise<{ due_at: Date }[]> {
    return harness.query("select due_at from sandbox_webhooks where account_id = $1", [accountId]);
  }

  for (const [name, end] of [["is killed", "SIGKILL"], ["stops", "SIGTERM"]] as const) {
    it(`tells the rest after the process that took the message ${name}`, async () => {
      await using harness = await startHarness({ postgres });
      const { testId, testKey } = await harness.makeAccount();
      const sent = await callApi(harness.server.baseUrl, {
        path: "/api/v1/messages",
        key: testKey.key,
        body: { to: "+14155550123", text: "/reply Still here" },
      });
      assertEquals(sent.status, 201);
      await harness.server.stop(end);
      assertEquals((await planned(harness, testId)).length > 0, true);
      // As if a claim of the dead process had ended.
      await harness.query("update sandbox_webhooks set due_at = now()");
      await using _next = await startServerProcess(harness.environment());
      await eventually(async () => (await planned(harness, testId)).length === 0, 10_000);
      const reply = await eventually(async () => (await inboundRows(harness, testId))[0], 10_000);
      assertEquals(reply.body, "Still here");
      const { status } = await eventually(async () => {
        const [row] = await harness.query<{ status: string }>(
          "select status from messages where id = $1",
          [sent.json.data.message_id],
        );
        return row?.status === "read" ? row : null;
      }, 10_000);
      assertEquals(status, "read");
    });
  }

  it("tells everything once, although two processes look for it", async () => {
    await using harness = await startHarness({ postgres });
    await using _second = await startServerProcess(harness.environment());
    const { testId, testKey } = await harness.makeAccount();
    for (let index = 0; index < 5; index++) {
      await callApi(harness.server.baseUrl, {
        path: "/api/v1/messages",
        key: testKey.key,
        body: { to: `+1415555012${index}`, text: "/reply Once" },
      });
    }
    await eventually(async () => (await inboundRows(harness, testId)).length === 5, 10_000);
    await eventually(async () => (await planned(harness, testId)).length === 0, 10_000);
    const events = await harness.query("select 1 from meta_events where account_id = $1", [testId]);
    assertEquals(events.length, 20);
  });
});
