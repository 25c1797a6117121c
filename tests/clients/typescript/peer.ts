/**
 * A bare TCP server that reads HTTP requests whole and then follows a script: it answers anything, or cuts the
 * connection. It tells which requests it has read, and on which connection: what an HTTP client wrote twice shows.
 */
import { createServer, type Socket } from "node:net";
import { HttpReader } from "@/tests/simulator/http_reader.ts";
import type { PeerRequest, PeerStep } from "@/tests/clients/typescript/world.ts";

/** A running peer. */
export interface PeerServer extends AsyncDisposable {
  url: string;
  received: PeerRequest[];
}

/** Starts a peer on a free port of 127.0.0.1; the last step is repeated. */
export async function startPeerServer(steps: PeerStep[]): Promise<PeerServer> {
  const sockets = new Set<Socket>();
  const received: PeerRequest[] = [];
  let connections = 0;
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    const connection = ++connections;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    serve(socket, (request) => {
      const step = steps[Math.min(received.length, steps.length - 1)];
      received.push({ connection, ...request });
      if (step === undefined) throw new Error("A peer needs a step");
      return step;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No TCP address");
  return {
    url: `http://127.0.0.1:${address.port}`,
    received,
    [Symbol.asyncDispose]: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function serve(
  socket: Socket,
  next: (request: Omit<PeerRequest, "connection">) => PeerStep,
): Promise<void> {
  const reader = new HttpReader(socket);
  while (true) {
    const head = await reader.readHead();
    const body = head === null ? null : await reader.readBody(head);
    if (head === null || body === null) {
      socket.end();
      return;
    }
    const { method, target: path, headers } = head;
    const step = next({ method, path, headers, body: body.toString() });
    if ("cut" in step) {
      cut(socket, step.cut);
      return;
    }
    const fields = Object.entries({
      "content-type": "application/json",
      "content-length": String(new TextEncoder().encode(step.body).length),
      ...step.headers,
    }).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`HTTP/1.1 ${step.status} Scripted\r\n${fields.join("")}\r\n${step.body}`);
  }
}

function cut(socket: Socket, how: "reset" | "close" | "halfStatusLine"): void {
  if (how === "reset") socket.resetAndDestroy();
  else socket.end(how === "close" ? "" : "HTTP/1.1 2");
}
