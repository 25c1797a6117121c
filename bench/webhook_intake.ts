// deno-lint-ignore-file no-console -- prints its figures
/**
 * Measures the way in of Meta's webhooks: signed statuses, one per POST, at a steady rate to two server processes on a
 * Postgres that flushes to the disk. Prints how long the acknowledgement took, counted from the moment at which an
 * event was due and not from the moment at which there was time to send it, how long the disk took meanwhile to flush
 * a page (no acknowledgement can be faster), and how much was left unprocessed at the end and ten seconds later.
 *
 *   deno run --config deno.test.json -A bench/webhook_intake.ts [events a second] [seconds] [seconds of warm-up]
 *
 * The processes start cold, under the full rate; what their first seconds take is shown apart. Load, servers and
 * database share the machine, so the bodies are signed beforehand.
 */
import { signatureHeader } from "@/lib/meta/webhook_signature.ts";
import { encodeRequest } from "@/bench/load/connection.ts";
import { percentile } from "@/bench/load/closed_load.ts";
import { putUnderPacedLoad } from "@/bench/load/paced_load.ts";
import { cpuOfTree } from "@/bench/stage/cpu.ts";
import { setStage, type Stage } from "@/bench/stage/stage.ts";
import {
  bodyOf,
  CALLBACK_PATH,
  entryOf,
  seedSentMessages,
  statusItem,
} from "@/tests/helpers/webhooks.ts";

const STATUSES = ["sent", "delivered", "read"];
const CONNECTIONS_EACH = 32;
const BACKLOG_AFTER_MS = 10_000;
const FLUSH_EVERY_MS = 20;

async function main(): Promise<void> {
  const [rate = 1_000, seconds = 60, warmUpSeconds = 5] = Deno.args.map(Number);
  await using stage = await setStage();
  const servers = [await stage.startServer(), await stage.startServer()];
  const total = rate * (seconds + warmUpSeconds);
  const requests = await prepare(stage, total);
  const pids = [...servers.map(({ pid }) => pid), stage.postgres?.pid ?? 0];
  const before = await Promise.all(pids.map(cpuOfTree));
  const ended = new AbortController();
  const flushing = timeFlushes(ended.signal);
  const { latenciesMs, refused } = await putUnderPacedLoad({
    ports: servers.map(({ port }) => port),
    connectionsEach: CONNECTIONS_EACH,
    requestsPerSecond: rate,
    seconds: seconds + warmUpSeconds,
    requestAt: (index) => requests[index] ?? new Uint8Array(),
  });
  ended.abort();
  const backlog = await countPending(stage);
  const after = await Promise.all(pids.map(cpuOfTree));
  await new Promise((resolve) => setTimeout(resolve, BACKLOG_AFTER_MS));
  const later = await countPending(stage);
  const warmUp = rate * warmUpSeconds;
  console.log(`${total} events at ${rate} a second, ${refused} not acknowledged`);
  console.log(`acknowledged within, for ${seconds} s: ${describe(latenciesMs.subarray(warmUp))}`);
  console.log(
    `in the ${warmUpSeconds} s before, cold: ${describe(latenciesMs.subarray(0, warmUp))}`,
  );
  console.log(`a flush of the disk meanwhile: ${describe(Float64Array.from(await flushing))}`);
  const shares = after.map((time, index) => {
    const used = (time - (before[index] ?? 0)) / 10_000 / (seconds + warmUpSeconds);
    return `${used.toFixed(0)} %`;
  });
  console.log(`of a core: servers ${shares.slice(0, -1).join(" and ")}, Postgres ${shares.at(-1)}`);
  console.log(`unprocessed at the end: ${backlog}, 10 s later: ${later}`);
  console.log(await stage.query("select state, count(*)::int from meta_events group by state"));
}

/** The requests: each message is first "sent", later "delivered", then "read". */
async function prepare(stage: Stage, total: number): Promise<Uint8Array[]> {
  const { account, query } = stage;
  const messages = Math.ceil(total / STATUSES.length);
  await seedSentMessages(stage, { accountId: account.id, count: messages });
  await query("vacuum analyze");
  await query("checkpoint");
  return Array.from({ length: total }, (_, index) => {
    const message = index % messages;
    const body = JSON.stringify(bodyOf(entryOf(account, {
      statuses: [statusItem(STATUSES[Math.floor(index / messages)] ?? "read", {
        id: `wamid.${message}`,
        recipient_id: `1415${5_000_000 + message}`,
      })],
    })));
    return encodeRequest({
      method: "POST",
      path: CALLBACK_PATH,
      headers: {
        "content-type": "application/json",
        "x-hub-signature-256": signatureHeader(
          account.appSecret,
          new TextEncoder().encode(body),
        ),
      },
      body,
    });
  });
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
      await new Promise((resolve) => setTimeout(resolve, FLUSH_EVERY_MS));
    }
  } finally {
    await Deno.remove(path);
  }
  return flushesMs;
}

async function countPending({ query }: Stage): Promise<number> {
  const [row] = await query<{ count: number }>(
    "select count(*)::int as count from meta_events where state = 'pending'",
  );
  return row?.count ?? -1;
}

function describe(timesMs: Float64Array): string {
  const sorted = timesMs.toSorted();
  const [p50, p95, p99, max] = [50, 95, 99, 100].map((at) => percentile(sorted, at).toFixed(1));
  return `p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms, max ${max} ms`;
}

if (import.meta.main) await main();
