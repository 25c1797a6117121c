/**
 * A chaos run from its start to the evidence: clients send, everything fails, then it is quiet, Meta's webhooks arrive,
 * and every client asks once more.
 */
import { eventually } from "@/tests/helpers/eventually.ts";
import { seededRandom } from "@/tests/simulator/faults.ts";
import { Clients, lastAnswers } from "@/tests/chaos/clients.ts";
import { collectEvidence } from "@/tests/chaos/collect_evidence.ts";
import type { Evidence, PlannedSend } from "@/tests/chaos/evidence.ts";
import type { Meddling } from "@/tests/chaos/meddler.ts";
import { MetaWebhooks } from "@/tests/chaos/meta_webhooks.ts";
import { chooseMetaFaults } from "@/tests/chaos/meta_faults.ts";
import { haveMishaps } from "@/tests/chaos/mishaps.ts";
import { planSends } from "@/tests/chaos/plan.ts";
import { startWorld, type World } from "@/tests/chaos/world.ts";

/** How a run goes. */
export interface ChaosOptions {
  seed: number;
  sends: number;
  concurrency: number;
  /** Replaces the random mishaps; resolves when everything works again. */
  trouble?: (world: World, run: RunningClients) => Promise<void>;
  /** False: Meta works. */
  metaFails?: boolean;
  meddling?: Meddling;
  /** Told now and then how far it is. */
  onProgress?: (text: string) => void;
}

/** What trouble can see of the clients. */
export interface RunningClients {
  /** Milliseconds since the start of the run, as in the answers. */
  now(): number;
  /** Aborted when all have been sent. */
  signal: AbortSignal;
}

/** What came of it. */
export interface ChaosRun {
  evidence: Evidence;
  /** How often each mishap happened. */
  mishaps: Map<string, number>;
  webhooks: { acknowledged: number; repeated: number };
  /** How long the clients were at it, and how long it took until nothing changed any more. */
  sendingMs: number;
  settlingMs: number;
  /** Messages that were unknown when the clients had finished. */
  unknownBefore: number;
}

const SERVERS = 2;
/** Leases of 11 s, a sweep every 5 s, and events that a dead process had claimed for 30 s. */
const SETTLE_TIMEOUT_MS = 90_000;

/** Runs it. */
export async function runChaos(options: ChaosOptions): Promise<ChaosRun> {
  const { seed, meddling } = options;
  await using world = await startWorld({
    servers: SERVERS,
    ...(meddling === undefined ? {} : { meddling }),
  });
  const sends = planSends(options);
  const startedAt = performance.now();
  await using clients = new Clients({
    key: world.account.key.key,
    serverCount: world.serverCount,
    urlOf: world.urlOf,
    seed,
    startedAt,
  });
  const webhooks = new MetaWebhooks(world, { seed });
  const now = () => performance.now() - startedAt;
  const mishaps = await sendThroughTrouble({ world, clients, webhooks, sends, options, now });
  const sendingMs = now();
  options.onProgress?.("all sent, waiting until nothing changes any more");
  world.simulator.faults.clear();
  await settled(world, "select 1 from messages where account_id = $1 and status = 'pending'");
  const unknownBefore = await countUnknown(world);
  await webhooks.reportAll();
  await settled(
    world,
    "select 1 from meta_events where account_id = $1 and state = 'pending'" +
      // What a meddler made Meta take for a second time has no message to be found.
      (meddling === undefined ? "" : " and attempts < 2"),
  );
  await askAgain(clients, sends);
  const settlingMs = now() - sendingMs;
  if (meddling === "lost_row") await loseRow(world);
  const evidence = await collectEvidence(world, { sends, answers: clients.answers });
  return { evidence, mishaps, webhooks, sendingMs, settlingMs, unknownBefore };
}

async function sendThroughTrouble(run: {
  world: World;
  clients: Clients;
  webhooks: MetaWebhooks;
  sends: PlannedSend[];
  options: ChaosOptions;
  now: () => number;
}): Promise<Map<string, number>> {
  const { world, clients, webhooks, sends, options } = run;
  const { seed, concurrency, trouble } = options;
  const mishaps = new Map<string, number>();
  if (options.metaFails ?? true) world.simulator.faults.choose(chooseMetaFaults(seed));
  const over = new AbortController();
  const { signal } = over;
  const sending = clients.sendAll(sends, { concurrency, isUnruly: options.meddling === undefined })
    .finally(() => over.abort());
  await Promise.all([
    sending,
    webhooks.reportSome(signal),
    trouble?.(world, { signal, now: run.now }) ?? haveMishaps(world, {
      random: seededRandom(seed),
      signal,
      onMishap: (name) => {
        mishaps.set(name, (mishaps.get(name) ?? 0) + 1);
        options.onProgress?.(`${lastAnswers(clients.answers).size} of ${sends.length}: ${name}`);
      },
    }),
  ]);
  return mishaps;
}

/** Every client whose message Meta has not refused asks what became of it; those who gave up go on. */
async function askAgain(clients: Clients, sends: PlannedSend[]): Promise<void> {
  const last = lastAnswers(clients.answers);
  const open = sends.filter(({ key }) => last.get(key)?.code !== "meta_error");
  await clients.sendAll(open, { concurrency: 16, isUnruly: false });
}

function settled(world: World, pending: string): Promise<unknown> {
  return eventually(
    async () => (await world.query(`${pending} limit 1`, [world.account.id])).length === 0,
    SETTLE_TIMEOUT_MS,
  );
}

async function countUnknown(world: World): Promise<number> {
  const [row] = await world.query<{ count: number }>(
    "select count(*)::int as count from messages where account_id = $1 and status = 'unknown'",
    [world.account.id],
  );
  return row?.count ?? 0;
}

/** As if the database had lost what it had promised to keep. */
async function loseRow(world: World): Promise<void> {
  await world.query(
    `delete from messages where account_id = $1 and id = (
       select id from messages where account_id = $1 and status = 'sent' order by created_at limit 1
     )`,
    [world.account.id],
  );
}
