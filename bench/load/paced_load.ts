/**
 * Load at a steady rate that waits for nobody: each request is due at its moment, and its latency counts from then, not
 * from the moment at which a connection was free for it. (A load that waits would measure the least when it is worst.)
 */
import { type Connection, openConnection } from "@/bench/load/connection.ts";

/** A rate, and who bears it. */
export interface PacedLoad {
  /** The requests go to these in turns. */
  ports: number[];
  connectionsEach: number;
  requestsPerSecond: number;
  seconds: number;
  /** The bytes of a request by its number: `encodeRequest`. */
  requestAt: (index: number) => Uint8Array;
}

/** What was measured, in the order in which the requests were due. */
export interface PacedResult {
  latenciesMs: Float64Array;
  /** How many had another status than 200. */
  refused: number;
}

const TICK_MS = 2;

/** Puts servers under such a load, and resolves when the last request is answered. */
export async function putUnderPacedLoad(load: PacedLoad): Promise<PacedResult> {
  const total = load.requestsPerSecond * load.seconds;
  const latenciesMs = new Float64Array(total);
  const lanes = await Promise.all(load.ports.map((port) => openLane(port, load.connectionsEach)));
  let refused = 0;
  const startedAt = performance.now();
  const exchange = async (index: number) => {
    const lane = lanes[index % lanes.length];
    const connection = await lane?.take();
    if (lane === undefined || connection === undefined) throw new Error("There is no server");
    const status = await connection.exchange(load.requestAt(index));
    lane.giveBack(connection);
    latenciesMs[index] = performance.now() - startedAt - index / load.requestsPerSecond * 1000;
    if (status !== 200) refused++;
  };
  const exchanges: Promise<void>[] = [];
  while (exchanges.length < total) {
    const elapsed = performance.now() - startedAt;
    const due = Math.min(total, elapsed / 1000 * load.requestsPerSecond);
    while (exchanges.length < due) exchanges.push(exchange(exchanges.length));
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  await Promise.all(exchanges);
  for (const lane of lanes) lane.close();
  return { latenciesMs, refused };
}

/** The connections to one server, and who waits for one. */
interface Lane {
  take(): Promise<Connection>;
  giveBack(connection: Connection): void;
  close(): void;
}

async function openLane(port: number, count: number): Promise<Lane> {
  const all = await Promise.all(Array.from({ length: count }, () => openConnection(port)));
  const free = [...all];
  const waiting: ((connection: Connection) => void)[] = [];
  return {
    take: () => {
      const connection = free.pop();
      if (connection !== undefined) return Promise.resolve(connection);
      const { promise, resolve } = Promise.withResolvers<Connection>();
      waiting.push(resolve);
      return promise;
    },
    giveBack: (connection) => {
      const next = waiting.shift();
      if (next === undefined) free.push(connection);
      else next(connection);
    },
    close: () => {
      for (const connection of all) connection.close();
    },
  };
}
