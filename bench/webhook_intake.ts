// deno-lint-ignore-file no-console -- prints its figures
/**
 * Measures the way in of Meta's webhooks: signed statuses, one per POST, at a steady rate to two server processes on a
 * Postgres that flushes to the disk. Prints how long the acknowledgement took, counted from the moment at which an
 * event was due and not from the moment at which there was time to send it, how long the disk took meanwhile to flush
 * a page (no acknowledgement can be faster), and how much was left unprocessed at the end and ten seconds later.
 *
 *   deno run --config deno.test.json -A bench/webhook_intake.ts [events a second] [seconds]
 *
 * It starts a Postgres of its own; load, servers and database share the machine.
 */
import { Agent, request } from "undici";
import { signatureHeader } from "@/lib/meta/webhook_signature.ts";
import { createDatabase, startPostgres } from "@/tests/helpers/postgres.ts";
import { makeMigratedTemplate } from "@/tests/helpers/postgres_environment.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { startServerProcess } from "@/tests/helpers/server_process.ts";
import type { SeededAccount } from "@/tests/helpers/seed.ts";
import {
  bodyOf,
  CALLBACK_PATH,
  entryOf,
  seedSentMessages,
  statusItem,
} from "@/tests/helpers/webhooks.ts";

const STATUSES = ["sent", "delivered", "read"];
const TICK_MS = 5;
const BACKLOG_AFTER_MS = 10_000;
const FLUSH_EVERY_MS = 20;

if (import.meta.main) {
  const [rate = 1_000, seconds = 60] = Deno.args.map(Number);
  await using cluster = await startPostgres(18, { durable: true });
  const template = await makeMigratedTemplate(cluster.adminUrl);
  await using harness = await startHarness({
    environment: { LOG_LEVEL: "info" },
    postgres: {
      version: 18,
      adminUrl: cluster.adminUrl,
      createDatabase: () => createDatabase(cluster.adminUrl, { template }),
      createEmptyDatabase: () => createDatabase(cluster.adminUrl),
      [Symbol.asyncDispose]: async () => {},
    },
  });
  await using second = await startServerProcess(harness.environment());
  const account = await harness.makeAccount();
  const messages = Math.ceil(rate * seconds / STATUSES.length);
  await seedSentMessages(harness, { accountId: account.id, count: messages });
  const urls = [harness.server.baseUrl, second.baseUrl].map((url) => `${url}${CALLBACK_PATH}`);
  const ended = new AbortController();
  const flushing = timeFlushes(ended.signal);
  const { latenciesMs, refused } = await load({ account, urls, rate, seconds, messages });
  ended.abort();
  const backlog = await countPending(harness);
  await wait(BACKLOG_AFTER_MS);
  const later = await countPending(harness);
  report({ rate, seconds, latenciesMs, refused, flushesMs: await flushing, backlog, later });
  console.log(await countStatuses(harness));
}

async function load(
  options: {
    account: SeededAccount;
    urls: string[];
    rate: number;
    seconds: number;
    messages: number;
  },
): Promise<{ latenciesMs: number[]; refused: number }> {
  const { account, urls, rate, seconds, messages } = options;
  const agent = new Agent({ connections: 64, pipelining: 1 });
  const latenciesMs: number[] = [];
  let refused = 0;
  const post = async (index: number, dueAt: number) => {
    const message = index % messages;
    const body = new TextEncoder().encode(JSON.stringify(bodyOf(entryOf(account, {
      statuses: [statusItem(STATUSES[Math.floor(index / messages)] ?? "read", {
        id: `wamid.${message}`,
        recipient_id: `1415${5_000_000 + message}`,
      })],
    }))));
    const answer = await request(urls[index % urls.length] ?? "", {
      method: "POST",
      dispatcher: agent,
      headers: {
        "content-type": "application/json",
        "x-hub-signature-256": signatureHeader(account.appSecret, body),
      },
      body,
    });
    await answer.body.dump();
    if (answer.statusCode !== 200) refused++;
    latenciesMs.push(performance.now() - dueAt);
  };
  const startedAt = performance.now();
  const posts: Promise<void>[] = [];
  while (posts.length < rate * seconds) {
    const due = Math.min(rate * seconds, (performance.now() - startedAt) / 1000 * rate);
    while (posts.length < due) {
      posts.push(post(posts.length, startedAt + posts.length / rate * 1000));
    }
    await wait(TICK_MS);
  }
  await Promise.all(posts);
  await agent.close();
  return { latenciesMs, refused };
}

/** How long the disk takes to flush a page, 50 times a second until `ended`, in milliseconds. */
async function timeFlushes(ended: AbortSignal): Promise<number[]> {
  const path = await Deno.makeTempFile();
  const flushesMs: number[] = [];
  try {
    using file = await Deno.open(path, { write: true });
    const page = new Uint8Array(8192);
    while (!ended.aborted) {
      const startedAt = performance.now();
      await file.write(page);
      await file.syncData();
      flushesMs.push(performance.now() - startedAt);
      await wait(FLUSH_EVERY_MS);
    }
  } finally {
    await Deno.remove(path);
  }
  return flushesMs;
}

async function countPending(harness: Harness): Promise<number> {
  const [row] = await harness.query<{ count: number }>(
    "select count(*)::int as count from meta_events where state = 'pending'",
  );
  return row?.count ?? -1;
}

async function countStatuses(harness: Harness): Promise<unknown> {
  return await harness.query("select state, count(*)::int from meta_events group by state");
}

function report(
  figures: {
    rate: number;
    seconds: number;
    latenciesMs: number[];
    refused: number;
    flushesMs: number[];
    backlog: number;
    later: number;
  },
): void {
  const { latenciesMs, rate, seconds, refused } = figures;
  console.log(
    `${latenciesMs.length} events at ${rate}/s for ${seconds} s, ${refused} not acknowledged`,
  );
  console.log(`acknowledged within: ${describe(latenciesMs)}`);
  console.log(`a flush of the disk meanwhile: ${describe(figures.flushesMs)}`);
  console.log(`unprocessed at the end: ${figures.backlog}, 10 s later: ${figures.later}`);
}

function describe(timesMs: number[]): string {
  const sorted = timesMs.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1]?.toFixed(1) ?? "-";
  return `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`;
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
