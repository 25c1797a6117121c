/**
 * What happens to the machines while clients send: servers die or are restarted, Postgres goes away, connections to it
 * are cut, answers of it are lost. Chosen by a seed, one after the other.
 */
import type { World } from "@/tests/chaos/world.ts";

/** One thing that goes wrong. Resolves when it is over and everything works again. */
export interface Mishap {
  name: string;
  happen(world: World): Promise<void>;
}

type Random = () => number;
type MishapKind = readonly [weight: number, make: (random: Random) => Mishap];

/** In the bodies of all sends, and so in begin; only finish and status webhooks name a wamid. */
const IN_BEGIN = "message of chaos";
const IN_FINISH = "wamid.";
/** A loss that has not struck by then is left to strike later. */
const LOSS_TIMEOUT_MS = 1_500;
/** How many connections Meta breaks at once. */
const CONNECTIONS = 5;
const PAUSE_MS = { least: 200, most: 2_500 };

const KINDS: readonly MishapKind[] = [
  [5, (random) => ofServer("server killed", random, (world, server) => world.crashServer(server))],
  [
    2,
    (random) =>
      ofServer("server restarted", random, (world, server) => world.restartServer(server)),
  ],
  [4, () => ({ name: "database connections cut", happen: (world) => takeAway(world, 0) })],
  [3, (random) => {
    const ms = 200 + random() * 1_300;
    return { name: "database out of reach", happen: (world) => takeAway(world, ms) };
  }],
  [2, () => ({ name: "Postgres crashed", happen: ({ cluster }) => again(cluster, "crash") })],
  [1, () => ({ name: "Postgres restarted", happen: ({ cluster }) => again(cluster, "stop") })],
  [3, () => loss("begin carried out, its answer lost", IN_BEGIN, "answer")],
  [2, () => loss("begin lost on its way", IN_BEGIN, "request")],
  [3, () => loss("finish carried out, its answer lost", IN_FINISH, "answer")],
  [2, () => loss("finish lost on its way", IN_FINISH, "request")],
  [1, () => loss("begin held up", IN_BEGIN, "time")],
  [2, () => ofMeta("Meta reset connections before it read the body", "resetBeforeRead")],
  [1, () => ofMeta("Meta closed connections before it read the body", "closeBeforeRead")],
];

/** An endless row of mishaps, the same for the same seed. */
export function* mishaps(random: Random): Generator<Mishap, never> {
  const total = KINDS.reduce((sum, [weight]) => sum + weight, 0);
  while (true) {
    let rest = random() * total;
    const kind = KINDS.find(([weight]) => (rest -= weight) < 0) ?? KINDS[0];
    if (kind !== undefined) yield kind[1](random);
  }
}

/** Lets mishaps happen until the signal says that it is enough; resolves when everything works again. */
export async function haveMishaps(
  world: World,
  options: { random: Random; signal: AbortSignal; onMishap: (name: string) => void },
): Promise<void> {
  const { random, signal, onMishap } = options;
  for (const mishap of mishaps(random)) {
    if (signal.aborted) return;
    onMishap(mishap.name);
    await mishap.happen(world);
    await pause(PAUSE_MS.least + random() * (PAUSE_MS.most - PAUSE_MS.least), signal);
  }
}

function ofServer(
  name: string,
  random: Random,
  happen: (world: World, server: number) => Promise<void>,
): Mishap {
  const at = random();
  return { name, happen: (world) => happen(world, Math.floor(at * world.serverCount)) };
}

/** These strike before anything says which message they concern, so they cannot follow from it. */
function ofMeta(name: string, kind: "resetBeforeRead" | "closeBeforeRead"): Mishap {
  const happen = ({ simulator }: World) =>
    Promise.resolve(simulator.faults.next({ kind }, CONNECTIONS));
  return { name, happen };
}

async function takeAway({ gateway }: World, ms: number): Promise<void> {
  await gateway.refuse();
  await pause(ms);
  await gateway.accept();
}

async function again(cluster: World["cluster"], how: "crash" | "stop"): Promise<void> {
  await cluster[how]();
  await cluster.start();
}

function loss(name: string, text: string, what: "answer" | "request" | "time"): Mishap {
  return {
    name,
    happen: async ({ gateway }) => {
      await Promise.race([gateway.loseNext(text, what), pause(LOSS_TIMEOUT_MS)]);
      if (what !== "time") return;
      await pause(LOSS_TIMEOUT_MS);
      gateway.release();
    },
  };
}

/** Time passes: what is waited for here is that something is away for that long. */
function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}
