/**
 * A gateway to Postgres that counts what goes over the wire: round trips (each ends with a Sync, or is a simple Query)
 * and statements. Source: PostgreSQL documentation, "Frontend/Backend Protocol", "Message Formats".
 */
import { Buffer } from "node:buffer";
import { connect, createServer, type Socket } from "node:net";

/** What was counted since the last `reset`. */
export interface WireCount {
  roundTrips: number;
  statements: number;
}

/** A counting gateway. */
export interface CountingGateway extends AsyncDisposable {
  port: number;
  count(): WireCount;
  reset(): void;
}

const SYNC = "S".charCodeAt(0);
const QUERY = "Q".charCodeAt(0);
const EXECUTE = "E".charCodeAt(0);

/** Starts one on a free port of 127.0.0.1. */
export async function startCountingGateway(targetPort: number): Promise<CountingGateway> {
  const sockets = new Set<Socket>();
  let seen: WireCount = { roundTrips: 0, statements: 0 };
  const server = createServer({ noDelay: true }, (client) => {
    const target = connect({ host: "127.0.0.1", port: targetPort, noDelay: true });
    const messages = new FrontendMessages((type) => {
      if (type === SYNC || type === QUERY) seen.roundTrips++;
      if (type === EXECUTE || type === QUERY) seen.statements++;
    });
    client.on("data", (chunk: Buffer) => {
      messages.push(chunk);
      target.write(chunk);
    });
    target.on("data", (chunk: Buffer) => client.write(chunk));
    for (const [socket, other] of [[client, target], [target, client]] as const) {
      sockets.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No TCP address");
  return {
    port: address.port,
    count: () => ({ ...seen }),
    reset: () => {
      seen = { roundTrips: 0, statements: 0 };
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Cuts a connection's bytes into messages: a start-up message without a type, then type, length and content each. */
class FrontendMessages {
  readonly #onMessage: (type: number) => void;
  #rest = Buffer.alloc(0);
  #started = false;

  constructor(onMessage: (type: number) => void) {
    this.#onMessage = onMessage;
  }

  push(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (true) {
      const lengthAt = this.#started ? 1 : 0;
      if (this.#rest.length < lengthAt + 4) return;
      const end = lengthAt + this.#rest.readUInt32BE(lengthAt);
      if (this.#rest.length < end) return;
      if (this.#started) this.#onMessage(this.#rest[0] ?? 0);
      this.#started = true;
      this.#rest = this.#rest.subarray(end);
    }
  }
}
