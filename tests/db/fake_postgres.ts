/**
 * The other end of a database connection, as far as opening one goes: a server that refuses, that is too old, or that
 * never says a word. Speaks Postgres's wire protocol 3.0 (Postgres manual, "Frontend/Backend Protocol") just enough
 * for one query of one column.
 */
import { createServer, type Socket } from "node:net";

/** How the server behaves. */
export type FakePostgresKind =
  /** Answers the start of a connection with an error. */
  | { refuses: { code: string; message: string } }
  /** Answers every query with one number. */
  | { answers: number }
  /** Takes connections and stays silent. */
  | "silent"
  /** Takes connections and closes them at once, as a proxy without a server behind it does. */
  | "closing";

const encoder = new TextEncoder();

/** Starts a server on a free port of 127.0.0.1; its URL has a password, to be looked for in messages. */
export async function startFakePostgres(
  kind: FakePostgresKind,
): Promise<AsyncDisposable & { url: string }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    if (kind === "closing") socket.end();
    else if (kind !== "silent") serve(socket, kind);
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", () => listening.resolve());
  await listening.promise;
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("There is no TCP address");
  return {
    url: `postgres://someone:pass-word@127.0.0.1:${address.port}/somewhere`,
    [Symbol.asyncDispose]: () => {
      for (const socket of sockets) socket.destroy();
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      return closed.promise;
    },
  };
}

function serve(socket: Socket, kind: Exclude<FakePostgresKind, string>): void {
  let started = false;
  let rest = new Uint8Array();
  socket.on("data", (chunk: Uint8Array) => {
    rest = new Uint8Array([...rest, ...chunk]);
    // The first message has no kind byte.
    for (let head = started ? 1 : 0; rest.length >= head + 4; head = started ? 1 : 0) {
      const length = head + new DataView(rest.buffer).getInt32(head);
      if (rest.length < length) return;
      const type = started ? String.fromCharCode(rest[0] ?? 0) : "start";
      rest = rest.slice(length);
      started = true;
      if (type === "X") socket.end();
      else socket.write(answerTo(type, kind));
    }
  });
}

function answerTo(type: string, kind: Exclude<FakePostgresKind, string>): Uint8Array {
  if ("refuses" in kind) {
    const { code, message } = kind.refuses;
    return frame("E", text("SFATAL", "VFATAL", `C${code}`, `M${message}`, ""));
  }
  const column = [...int16(1), ...text("version"), ...int32(0), ...int16(0), ...int32(23)];
  const row = encoder.encode(String(kind.answers));
  const answers: Record<string, Uint8Array[]> = {
    start: [frame("R", int32(0)), frame("Z", encoder.encode("I"))],
    P: [frame("1", [])],
    D: [
      frame("t", int16(0)),
      frame("T", [...column, ...int16(4), ...int32(-1), ...int16(0)]),
    ],
    B: [frame("2", [])],
    E: [
      frame("D", [...int16(1), ...int32(row.length), ...row]),
      frame("C", text("SELECT 1")),
    ],
    S: [frame("Z", encoder.encode("I"))],
  };
  return new Uint8Array((answers[type] ?? []).flatMap((part) => [...part]));
}

function frame(type: string, body: Iterable<number>): Uint8Array {
  const bytes = [...body];
  return new Uint8Array([...encoder.encode(type), ...int32(bytes.length + 4), ...bytes]);
}

function text(...parts: string[]): number[] {
  return parts.flatMap((part) => [...encoder.encode(part), 0]);
}

function int32(value: number): number[] {
  return [24, 16, 8, 0].map((shift) => (value >> shift) & 0xff);
}

function int16(value: number): number[] {
  return [8, 0].map((shift) => (value >> shift) & 0xff);
}
