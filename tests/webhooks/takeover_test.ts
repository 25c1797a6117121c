/** What a process had taken up when it died is taken over by another within 30 seconds, by itself, and done once. */
import { describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { eventually } from "@/tests/helpers/eventually.ts";
import { startHarness } from "@/tests/helpers/harness.ts";
import { startServerProcess } from "@/tests/helpers/server_process.ts";
import {
  bodyOf,
  entryOf,
  eventRows,
  messageItem,
  newWamid,
  postCallback,
} from "@/tests/helpers/webhooks.ts";

/** More than one process takes up at once. */
const MESSAGES = 300;

describe("events of a process that died", () => {
  it("are taken over within 30 seconds, each applied once", async () => {
    await using harness = await startHarness();
    await using doomed = await startServerProcess(harness.environment());
    const account = await harness.makeAccount();
    const messages = Array.from(
      { length: MESSAGES },
      () => messageItem({ id: newWamid(), from: "14155550123" }),
    );
    const answer = await postCallback(
      doomed.baseUrl,
      bodyOf(entryOf(account, { messages })),
      { secret: account.appSecret },
    );
    assertEquals(answer.status, 200);
    // It is in the middle of its first batch.
    await eventually(async () => {
      const rows = await harness.query("select 1 from messages where account_id = $1 limit 1", [
        account.id,
      ]);
      return rows.length > 0;
    });
    await doomed.kill();
    const killedAt = performance.now();
    const rows = await eventually(async () => {
      const found = await eventRows(harness, account.id);
      return found.every(({ state }) => state === "processed") ? found : null;
    }, 30_000);
    assertEquals(rows.length, MESSAGES);
    // Some were waiting for the end of the dead process's claim.
    assertEquals(rows.some(({ attempts }) => attempts === 2), true);
    assertEquals(performance.now() - killedAt < 30_000, true);
    assertEquals(
      await harness.query(
        `select count(*)::int as messages, max(c.unread_count) as unread
         from messages m join conversations c on c.account_id = m.account_id and c.id = m.conversation_id
         where m.account_id = $1`,
        [account.id],
      ),
      [{ messages: MESSAGES, unread: MESSAGES }],
    );
  });
});
