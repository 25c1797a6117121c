/**
 * The sandbox behind real HTTP/1.1 on 127.0.0.1, with faults down to the byte
 * that no HTTP server library could make. Point the HTTP transport's `graphUrl`
 * at its `url`. It is a stand-in for Meta that keeps an exact record of what it
 * has read and taken, so that tests can count deliveries.
 */
import { createServer, type Server } from "node:net";
import type { SandboxRecord } from "@/lib/meta/sandbox.ts";
import type { FaultPlan } from "@/tests/simulator/faults.ts";
import type { ReceivedRequest } from "@/tests/simulator/received_log.ts";
import type { SimulatedFile } from "@/tests/simulator/simulated_files.ts";
import type { SimulatedNumber } from "@/tests/simulator/simulated_numbers.ts";
import { SimulatorState } from "@/tests/simulator/simulator_state.ts";

export type { Fault } from "@/tests/simulator/faults.ts";
export type { ReceivedRequest } from "@/tests/simulator/received_log.ts";
export type { SimulatedFile } from "@/tests/simulator/simulated_files.ts";
export type { SimulatedNumber } from "@/tests/simulator/simulated_numbers.ts";

/** Settings of a simulator. */
export interface SimulatorOptions {
  phoneNumbers?: SimulatedNumber[];
  /** How many requests and records are kept, by default 100000. */
  keepRecords?: number;
  now?: () => number;
}

/** A running simulator; `close` ends every connection. */
export interface Simulator extends AsyncDisposable {
  /** http://127.0.0.1:<port>, without a version. */
  readonly url: string;
  readonly port: number;
  readonly faults: FaultPlan;
  addNumber(number: SimulatedNumber): void;
  /** Adds a file that somebody sent, or replaces the one with its id. */
  addFile(file: SimulatedFile): void;
  /** Every request that was read whole, oldest first. */
  received(): ReceivedRequest[];
  /** What the sandbox took or refused, oldest first. */
  records(): SandboxRecord[];
  /** How many connections were ever opened. */
  connectionCount(): number;
  /** Forgets requests and records; faults stay. */
  clear(): void;
  /** Resolves once the condition holds; rejects after 5 seconds by default. */
  waitFor(
    isMet: (received: readonly ReceivedRequest[]) => boolean,
    timeoutMs?: number,
  ): Promise<ReceivedRequest[]>;
  close(): Promise<void>;
}

const DEFAULT_WAIT_MS = 5_000;

/** Starts a simulator on a free port of 127.0.0.1. */
export async function startSimulator(
  options: SimulatorOptions = {},
): Promise<Simulator> {
  const state = new SimulatorState(options);
  const server = createServer(
    { allowHalfOpen: true, noDelay: true },
    (socket) => state.serve(socket),
  );
  const port = await listen(server);
  const close = async (): Promise<void> => {
    state.closing.abort();
    for (const socket of state.sockets) socket.destroy();
    const { promise, resolve } = Promise.withResolvers<void>();
    server.close(() => resolve());
    await promise;
    await Promise.all(state.serving);
  };
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    faults: state.faults,
    addNumber: (number) => state.numbers.add(number),
    addFile: (file) => state.files.add(file),
    received: () => state.log.list(),
    records: () => [...state.records],
    connectionCount: () => state.connectionCount,
    clear: () => state.clear(),
    waitFor: (isMet, timeoutMs = DEFAULT_WAIT_MS) => state.log.waitFor(isMet, timeoutMs),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function listen(server: Server): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once("error", reject);
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    if (address === null || typeof address === "string") {
      reject(new Error("Simulator has no TCP address"));
    } else {
      resolve(address.port);
    }
  });
  return promise;
}
