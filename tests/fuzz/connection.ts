/**
 * One client of the fuzzer: sends a request's bytes as they are, waits for what comes back, and keeps the connection
 * for the next one while both sides may.
 */
import { AnswerReader, BrokenAnswer, type WireAnswer } from "@/tests/fuzz/answer_reader.ts";
import type { WireRequest } from "@/tests/fuzz/fuzzed_request.ts";

/** What came of a request. */
export type Outcome =
  | { kind: "answer"; answer: WireAnswer }
  /** The connection was closed instead; `broken` says in the middle of what. */
  | { kind: "closed"; broken: string | null }
  /** Neither an answer nor an end within the time limit. */
  | { kind: "hang" };

/** How long a request may go without an answer: longer than a body may take to arrive, which is 10 s. */
export const HANG_MS = 20_000;

const READ_BYTES = 64 * 1024;

interface Connection {
  socket: Deno.TcpConn;
  reader: AnswerReader;
}

/** Sends one request after the other. */
export class FuzzClient implements Disposable {
  readonly #port: number;
  readonly #hangMs: number;
  #connection: Connection | null = null;

  constructor(options: { port: number; hangMs?: number }) {
    this.#port = options.port;
    this.#hangMs = options.hangMs ?? HANG_MS;
  }

  /** Sends a request and waits for its outcome. */
  async exchange(request: WireRequest & { method: string }): Promise<Outcome> {
    const { promise: timeUp, resolve } = Promise.withResolvers<"hang">();
    const timer = setTimeout(() => resolve("hang"), this.#hangMs);
    try {
      const connection = this.#connection ?? await open(this.#port);
      this.#connection = connection;
      // At the same time: the server may answer before it has read everything, and then read no more.
      const writing = write(connection.socket, request);
      const answer = await Promise.race([connection.reader.next(request), timeUp]);
      if (answer === "hang") return this.#end({ kind: "hang" });
      if (answer === null) return this.#end({ kind: "closed", broken: null });
      const isOver = request.isLast || endsConnection(answer) || !await isDone(writing);
      if (!isOver && connection.reader.rest > 0) {
        return this.#end({ kind: "closed", broken: "More bytes came than the answer has" });
      }
      return isOver ? this.#end({ kind: "answer", answer }) : { kind: "answer", answer };
    } catch (error) {
      return this.#end({ kind: "closed", broken: describe(error) });
    } finally {
      clearTimeout(timer);
    }
  }

  [Symbol.dispose](): void {
    this.#connection?.socket.close();
    this.#connection = null;
  }

  #end(outcome: Outcome): Outcome {
    this[Symbol.dispose]();
    return outcome;
  }
}

async function open(port: number): Promise<Connection> {
  const socket = await Deno.connect({ hostname: "127.0.0.1", port });
  socket.setNoDelay(true);
  const buffer = new Uint8Array(READ_BYTES);
  const reader = new AnswerReader(async () => {
    const length = await socket.read(buffer);
    return length === null ? null : buffer.slice(0, length);
  });
  return { socket, reader };
}

/** Whether everything could be written; what the server does not want to read is no failure of its. */
async function write(socket: Deno.TcpConn, request: WireRequest): Promise<boolean> {
  try {
    let rest = request.bytes;
    while (rest.length > 0) rest = rest.subarray(await socket.write(rest));
    if (request.endsWriting) await socket.closeWrite();
    return true;
  } catch {
    return false;
  }
}

/** The product and the layer below may both have said so. */
function endsConnection({ headers }: WireAnswer): boolean {
  return /\bclose\b/.test(headers.get("connection") ?? "");
}

/** Whether a write has ended well by now. */
function isDone(writing: Promise<boolean>): Promise<boolean> {
  return Promise.race([writing, Promise.resolve(false)]);
}

/** A reset is the hard form of an end; all else is told. */
function describe(error: unknown): string | null {
  if (error instanceof Deno.errors.ConnectionReset) return null;
  if (error instanceof BrokenAnswer) return error.message;
  if (error instanceof Deno.errors.ConnectionRefused) return "The server takes no connection";
  throw error;
}
