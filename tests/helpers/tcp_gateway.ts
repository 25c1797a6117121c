/**
 * A TCP forwarder between the server and something it depends on (Meta, Postgres), so that a test can take that away
 * and give it back: refuse connections, cut them, or swallow the answer to one request.
 */
import { createServer, Socket } from "node:net";
import type { Buffer } from "node:buffer";

/** How one request is lost. */
export type Loss =
  /** It gets through, its answer does not. */
  | "answer"
  /** It does not get through. */
  | "request"
  /** Its connection stays open, and it gets through when `release` is called. */
  | "time";

/** A forwarder; it forwards until it is told otherwise. */
export interface TcpGateway extends AsyncDisposable {
  /** On 127.0.0.1, the same for life. */
  readonly port: number;
  /** How many connections were made through it. */
  connectionCount(): number;
  /** Cuts all connections and refuses new ones. */
  refuse(): Promise<void>;
  /** Takes connections again. */
  accept(): Promise<void>;
  /** Loses the next request that contains these bytes, or its answer, with its connection; resolves once it is done. */
  loseNext(text: string, what: Loss): Promise<void>;
  /** Lets through what was held up. */
  release(): void;
  /** From now on, cuts each new connection when this many packets have come from its client; null: none. */
  cutNewConnectionsAfter(packets: number | null): void;
}

interface Trap {
  text: string;
  what: Loss;
  spring: () => void;
}

// Below the ranges from which systems take ports for outgoing connections: nobody can be given it while it is closed.
const PORTS = { first: 12_000, count: 3_000 };

const RELEASE_TIMEOUT_MS = 5_000;
const RELEASE_INTERVAL_MS = 10;

/** Starts a forwarder to a port of 127.0.0.1; the target is asked for anew at each connection. */
export async function startTcpGateway(targetPort: () => number): Promise<TcpGateway> {
  const sockets = new Set<Socket>();
  const traps = new Set<Trap>();
  const held: (() => void)[] = [];
  let count = 0;
  let packetsUntilCut: number | null = null;
  const server = createServer({ noDelay: true }, (client) => {
    count++;
    const target = new Socket();
    target.setNoDelay(true);
    const cut = () => {
      client.resetAndDestroy();
      target.resetAndDestroy();
    };
    if (packetsUntilCut !== null) cutAfter(client, { packets: packetsUntilCut, cut });
    forward(client, { target, traps, held, cut });
    for (const socket of [client, target]) {
      sockets.add(socket);
      // Either end may break; the other one follows.
      socket.on("error", cut);
      socket.on("close", () => {
        sockets.delete(socket);
        cut();
      });
    }
    target.connect(targetPort(), "127.0.0.1");
  });
  const accept = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => {
        server.off("error", reject);
        resolve();
      });
    });
  const refuse = async () => {
    if (!server.listening) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.resetAndDestroy();
    await closed;
  };
  const port = await listenOnFreePort(accept);
  return {
    port,
    connectionCount: () => count,
    refuse,
    accept: () => acceptAgain(() => accept(port)),
    loseNext: (text, what) =>
      new Promise((resolve) => {
        const trap: Trap = {
          text,
          what,
          spring: () => {
            traps.delete(trap);
            resolve();
          },
        };
        traps.add(trap);
      }),
    release: () => {
      for (const pass of held.splice(0)) pass();
    },
    cutNewConnectionsAfter: (packets) => {
      packetsUntilCut = packets;
    },
    [Symbol.asyncDispose]: refuse,
  };
}

function cutAfter(client: Socket, options: { packets: number; cut: () => void }): void {
  let left = options.packets;
  client.on("data", () => {
    left--;
    if (left === 0) options.cut();
  });
}

function forward(
  client: Socket,
  options: { target: Socket; traps: Set<Trap>; held: (() => void)[]; cut: () => void },
): void {
  const { target, traps, held, cut } = options;
  let sprung: Trap | null = null;
  client.on("data", (chunk: Buffer) => {
    sprung ??= [...traps].find(({ text }) => chunk.includes(text)) ?? null;
    if (sprung?.what === "request") {
      cut();
      sprung.spring();
      return;
    }
    if (sprung?.what === "time") {
      held.push(() => {
        sprung = null;
        target.write(chunk);
      });
      sprung.spring();
      return;
    }
    target.write(chunk);
  });
  target.on("data", (chunk: Buffer) => {
    if (sprung?.what !== "answer") {
      client.write(chunk);
      return;
    }
    // The answer is here, so the request was carried out.
    cut();
    sprung.spring();
  });
  client.on("end", () => target.end());
  target.on("end", () => client.end());
}

/** A listener that was closed keeps its port until the runtime has let go of it, a few milliseconds later. */
async function acceptAgain(accept: () => Promise<void>): Promise<void> {
  const endsAt = performance.now() + RELEASE_TIMEOUT_MS;
  while (true) {
    try {
      return await accept();
    } catch (error) {
      const isTaken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
      if (!isTaken || performance.now() >= endsAt) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, RELEASE_INTERVAL_MS));
  }
}

async function listenOnFreePort(listen: (port: number) => Promise<void>): Promise<number> {
  for (let tries = 1;; tries++) {
    const port = PORTS.first + Math.floor(Math.random() * PORTS.count);
    try {
      await listen(port);
      return port;
    } catch (error) {
      if (tries === 20) throw error;
    }
  }
}
