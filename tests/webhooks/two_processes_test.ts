/**
 * Several processes on one Postgres: in whatever order, how often and through whichever process the statuses come, and
 * whichever process dies or stops meanwhile, the messages end as if every status had come once and in order.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { eventually } from "@/tests/helpers/eventually.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import { startServerProcess } from "@/tests/helpers/server_process.ts";
import {
  bodyOf,
  deliver,
  endWaits,
  entryOf,
  eventRows,
  failedItem,
  postCallback,
  seedSentMessages,
  settledEvents,
  statusItem,
} from "@/tests/helpers/webhooks.ts";
import { seededRandom } from "@/tests/simulator/faults.ts";

type Item = ReturnType<typeof statusItem>;

const MESSAGES = 250;
const CONNECTIONS = 8;
/** 2099: after every message was made. */
const FIRST_SECOND = 4_070_908_800;

/** A thousand statuses, four of each message; every fifth message fails. */
function statusesInOrder(): Item[] {
  return Array.from({ length: MESSAGES }, (_, index) => {
    const own = (offset: number) => ({
      id: `wamid.${index}`,
      timestamp: String(FIRST_SECOND + index + offset),
    });
    if (index % 5 === 0) {
      return [statusItem("sent", own(1)), ...[2, 3, 4].map((offset) => failedItem(own(offset)))];
    }
    return [
      statusItem("sent", own(1)),
      statusItem("delivered", own(2)),
      statusItem("read", own(3)),
      index % 2 === 0 ? failedItem(own(4)) : statusItem("played", own(4)),
    ];
  }).flat();
}

/** Each twice, in an order that the seed decides. */
function shuffledTwice(items: Item[], seed: number): Item[] {
  const random = seededRandom(seed);
  return [...items, ...items]
    .map((item) => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

describe("statuses through several processes", () => {
  let harness: Harness;
  let inOrder: unknown;

  beforeAll(async () => {
    harness = await startHarness();
    const account = await makeAccount();
    await deliver(harness, account, entryOf(account, { statuses: statusesInOrder() }));
    await settledEvents(harness, account.id);
    inOrder = await messagesOf(account);
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  async function makeAccount(): Promise<SeededAccount> {
    const account = await harness.makeAccount();
    await seedSentMessages(harness, { accountId: account.id, count: MESSAGES });
    return account;
  }

  function messagesOf(account: SeededAccount): Promise<unknown[]> {
    return harness.query(
      `select wamid, status, sent_at, delivered_at, read_at, failed_at, error
       from messages where account_id = $1 order by wamid`,
      [account.id],
    );
  }

  /** Posts each item by itself, several at a time; what is not acknowledged goes to the next server, as Meta's retry. */
  async function postAll(
    account: SeededAccount,
    options: { items: Item[]; urls: string[]; onAcknowledged?: (count: number) => void },
  ): Promise<void> {
    const { items, urls, onAcknowledged = () => {} } = options;
    const queue = items.entries();
    let acknowledged = 0;
    const post = async () => {
      for (const [index, item] of queue) {
        const body = bodyOf(entryOf(account, { statuses: [item] }));
        for (let attempt = index; !(await isAcknowledged(attempt, body)); attempt++);
        onAcknowledged(++acknowledged);
      }
    };
    const isAcknowledged = async (attempt: number, body: unknown) => {
      try {
        const url = urls[attempt % urls.length] ?? "";
        const answer = await postCallback(url, body, { secret: account.appSecret });
        return answer.status === 200;
      } catch (error) {
        // The connection was refused or broke off: that process is dead.
        if (error instanceof TypeError) return false;
        throw error;
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, post));
  }

  async function assertAllProcessed(account: SeededAccount, count: number): Promise<void> {
    const rows = await eventually(async () => {
      const found = await eventRows(harness, account.id);
      return found.every(({ state }) => state !== "pending") ? found : null;
    }, 15_000);
    assertEquals(rows.filter(({ state }) => state === "processed").length, rows.length);
    assertEquals(rows.length >= count, true);
    assertEquals(await messagesOf(account), inOrder);
  }

  it("in order, every status is applied once", () => {
    const statuses = (inOrder as { status: string }[]).map(({ status }) => status);
    assertEquals(statuses.filter((status) => status === "failed").length, 50);
    assertEquals(statuses.filter((status) => status === "read").length, 200);
  });

  for (const seed of [1, 2]) {
    it(`1000 events, each delivered twice in random order (${seed}) by 8 connections to two processes, end as in order`, async () => {
      const account = await makeAccount();
      await using second = await startServerProcess(harness.environment());
      const urls = [harness.server.baseUrl, second.baseUrl];
      const items = shuffledTwice(statusesInOrder(), seed);
      await postAll(account, { items, urls });
      await assertAllProcessed(account, items.length);
      assertEquals((await eventRows(harness, account.id)).length, items.length);
    });
  }

  it("SIGKILL of one process in the middle loses nothing that was acknowledged", async () => {
    const account = await makeAccount();
    await using doomed = await startServerProcess(harness.environment());
    const urls = [doomed.baseUrl, harness.server.baseUrl];
    const items = shuffledTwice(statusesInOrder(), 3);
    let killed: Promise<void> | null = null;
    await postAll(account, {
      items,
      urls,
      onAcknowledged: (count) => {
        if (count >= items.length / 3) killed ??= doomed.kill();
      },
    });
    await killed;
    // What the dead process had taken up would be due in 20 s. Postgres may need a moment to notice that it is dead.
    await eventually(async () => {
      await endWaits(harness, account.id);
      const rows = await eventRows(harness, account.id);
      return rows.every(({ state }) => state !== "pending");
    }, 15_000);
    await assertAllProcessed(account, items.length);
  });

  it("a process that stops finishes what it has taken up, and leaves the rest to the other", async () => {
    const account = await makeAccount();
    await using stopping = await startServerProcess(harness.environment());
    const urls = [stopping.baseUrl, harness.server.baseUrl];
    const items = shuffledTwice(statusesInOrder(), 4);
    let stopped: Promise<number> | null = null;
    await postAll(account, {
      items,
      urls,
      onAcknowledged: (count) => {
        if (count >= items.length / 3) stopped ??= stopping.stop();
      },
    });
    assertEquals(await stopped, 0);
    // No claim is left behind, so nothing waits for one to end.
    await assertAllProcessed(account, items.length);
    const attempts = (await eventRows(harness, account.id)).map((row) => row.attempts);
    assertEquals(new Set(attempts), new Set([1]));
  });
});
