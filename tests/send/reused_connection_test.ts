/**
 * The trap behind the choice of HTTP client: a kept-alive connection that breaks when the peer has read the request.
 * A client that quietly writes it again would deliver the message twice. The peer here is a bare TCP server that
 * answers the first POST of a connection and cuts the second after reading it whole.
 */
import { createServer, type Socket } from "node:net";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { assertApiError } from "@/tests/helpers/api_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { messageRows, postMessage } from "@/tests/helpers/sends.ts";
import { type ServerProcess, startServerProcess } from "@/tests/helpers/server_process.ts";
import { HttpReader } from "@/tests/simulator/http_reader.ts";

type Cut = (socket: Socket) => void;

interface Peer extends AsyncDisposable {
  port: number;
  /** The message ids of all requests that were read whole, with the number of their connection. */
  read: { connection: number; messageId: string }[];
  cut: Cut;
}

const CUTS: [name: string, cut: Cut][] = [
  ["reset", (socket) => socket.resetAndDestroy()],
  ["closed", (socket) => socket.end()],
  ["destroyed", (socket) => socket.destroy()],
  ["cut inside the status line", (socket) => socket.end("HTTP/1.1 2")],
  ["reset inside the status line", (socket) => {
    socket.write("HTTP/1.1 2", () => socket.resetAndDestroy());
  }],
  ["cut inside the head", (socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-len")],
  ["cut inside the body", (socket) => {
    socket.end('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"messages":');
  }],
];

describe("POST /api/v1/messages on a kept-alive connection to Meta", () => {
  let harness: Harness;
  let peer: Peer;
  let server: ServerProcess;
  beforeAll(async () => {
    harness = await startHarness();
    peer = await startPeer();
    server = await startServerProcess({
      ...harness.environment(),
      META_GRAPH_URL: `http://127.0.0.1:${peer.port}`,
    });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await peer[Symbol.asyncDispose]();
    await harness[Symbol.asyncDispose]();
  });

  for (const [name, cut] of CUTS) {
    it(`504 outcome_unknown and one delivery when the connection is ${name} after the request was read`, async () => {
      const account = await harness.makeAccount();
      const { key } = account.key;
      peer.read.length = 0;
      peer.cut = cut;
      const first = await postMessage(server.baseUrl, { key });
      const second = await postMessage(server.baseUrl, { key, idempotencyKey: "k" });
      assertEquals(first.status, 201, first.text);
      assertApiError(second, { status: 504, code: "outcome_unknown", retryable: false });
      const rows = await messageRows(harness, account.id);
      assertEquals(rows.map(({ status }) => status), ["sent", "unknown"]);
      // Both came on one connection, and each came once.
      const connection = peer.read[0]?.connection ?? 0;
      assertEquals(peer.read, rows.map(({ id }) => ({ connection, messageId: id })));
      const third = await postMessage(server.baseUrl, { key, idempotencyKey: "k" });
      assertApiError(third, { status: 409, code: "outcome_unknown" });
      assertEquals(peer.read.length, 2);
    });
  }

  it("201 on a new connection when the peer has closed the idle one", async () => {
    const account = await harness.makeAccount();
    const { key } = account.key;
    peer.read.length = 0;
    peer.cut = (socket) => socket.destroy();
    const statuses: number[] = [];
    for (let index = 0; index < 4; index++) {
      statuses.push((await postMessage(server.baseUrl, { key })).status);
    }
    assertEquals(statuses, [201, 504, 201, 504]);
    const rows = await messageRows(harness, account.id);
    assertEquals(peer.read.map(({ messageId }) => messageId), rows.map(({ id }) => id));
  });
});

/** Answers the first request of every connection and cuts at the second. */
async function startPeer(): Promise<Peer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const peer: Pick<Peer, "read" | "cut"> = { read: [], cut: (socket) => socket.destroy() };
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    const connection = ++connections;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    serveTwo(socket, {
      onRead: (messageId) => peer.read.push({ connection, messageId }),
      cut: () => peer.cut(socket),
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No TCP address");
  return Object.assign(peer, {
    port: address.port,
    [Symbol.asyncDispose]: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  });
}

async function serveTwo(
  socket: Socket,
  options: { onRead: (messageId: string) => void; cut: () => void },
): Promise<void> {
  const reader = new HttpReader(socket);
  for (let index = 0;; index++) {
    const head = await reader.readHead();
    const body = head === null ? null : await reader.readBody(head);
    if (body === null) {
      socket.end();
      return;
    }
    const messageId = JSON.parse(body.toString()).biz_opaque_callback_data;
    options.onRead(messageId);
    if (index === 1) {
      options.cut();
      return;
    }
    const answer = JSON.stringify({ messages: [{ id: `wamid.${messageId}` }] });
    socket.write(
      `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${answer.length}\r\n\r\n${answer}`,
    );
  }
}
