/**
 * Load by so many clients that each send a request, wait for the whole answer, and send the next. Latencies are exact,
 * from the first byte written to the last byte read.
 */
import { type Connection, openConnection } from "@/bench/load/connection.ts";

/** What each client asks for, again and again. */
export interface ClosedLoad {
  /** The clients are spread over these. */
  ports: number[];
  concurrency: number;
  durationMs: number;
  /** The bytes of the next request: `encodeRequest`. */
  next: () => Uint8Array;
  /** The status that every answer must have. */
  expectedStatus: number;
}

/** What was measured. */
export interface LoadResult {
  requestsPerSecond: number;
  requests: number;
  /** Ascending, in milliseconds. */
  latenciesMs: Float64Array;
}

/**
 * Puts a server under load.
 *
 * @throws Error at the first answer with another status
 */
export async function putUnderLoad(load: ClosedLoad): Promise<LoadResult> {
  const connections = await Promise.all(
    Array.from(
      { length: load.concurrency },
      (_, index) => openConnection(load.ports[index % load.ports.length] ?? 0),
    ),
  );
  const latencies: number[] = [];
  const startedAt = performance.now();
  const endsAt = startedAt + load.durationMs;
  try {
    await Promise.all(
      connections.map((connection) => drive(connection, { load, endsAt, latencies })),
    );
  } finally {
    for (const connection of connections) connection.close();
  }
  const seconds = (performance.now() - startedAt) / 1000;
  return {
    requests: latencies.length,
    requestsPerSecond: latencies.length / seconds,
    latenciesMs: Float64Array.from(latencies).sort(),
  };
}

/** The latency that so many percent of the requests were below, of latencies in ascending order. */
export function percentile(sortedMs: Float64Array, percent: number): number {
  const index = Math.min(sortedMs.length - 1, Math.floor(sortedMs.length * percent / 100));
  return sortedMs[index] ?? NaN;
}

async function drive(
  connection: Connection,
  run: { load: ClosedLoad; endsAt: number; latencies: number[] },
): Promise<void> {
  const { load, endsAt, latencies } = run;
  while (true) {
    const startedAt = performance.now();
    if (startedAt >= endsAt) return;
    const status = await connection.exchange(load.next());
    latencies.push(performance.now() - startedAt);
    if (status !== load.expectedStatus) throw new Error(connection.lastAnswer());
  }
}
