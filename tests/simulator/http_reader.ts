/**
 * Reads HTTP/1.1 requests off a socket, head and body in two steps, so that a
 * fault can strike in between. Only what clients of the Graph API send:
 * Content-Length or chunked bodies, kept-alive connections, no upgrades.
 */
import { Buffer } from "node:buffer";
import type { Socket } from "node:net";

/** Request line and header fields, names in lower case. */
export interface RequestHead {
  method: string;
  /** As sent, with its query. */
  target: string;
  headers: Record<string, string>;
}

/** Reads one connection from its start to its end. */
export class HttpReader {
  /** Resolves when the peer has ended the connection or it broke. */
  readonly ended: Promise<void>;
  #buffered: Buffer = Buffer.alloc(0);
  #isEnded = false;
  #wake: (() => void) | null = null;

  constructor(socket: Socket) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    socket.on("data", (chunk: Buffer) => {
      this.#buffered = this.#buffered.length === 0 ? chunk : Buffer.concat([this.#buffered, chunk]);
      this.#wake?.();
    });
    const end = (): void => {
      this.#isEnded = true;
      this.#wake?.();
      resolve();
    };
    socket.on("end", end);
    socket.on("close", end);
    // A client that resets its end is an ordinary end for the simulator.
    socket.on("error", end);
  }

  /** The next request's head; null when the connection ended before it. */
  async readHead(): Promise<RequestHead | null> {
    const requestLine = await this.#readLine();
    if (requestLine === null) return null;
    const [method = "", target = ""] = requestLine.split(" ");
    const headers: Record<string, string> = {};
    for (;;) {
      const line = await this.#readLine();
      if (line === null) return null;
      if (line === "") return { method, target, headers };
      const colon = line.indexOf(":");
      headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
    }
  }

  /** The whole body; null when the connection ended inside it. */
  async readBody(head: RequestHead): Promise<Buffer | null> {
    if (head.headers["transfer-encoding"] === "chunked") {
      return await this.#readChunked();
    }
    return await this.#readBytes(Number(head.headers["content-length"] ?? 0));
  }

  async #readChunked(): Promise<Buffer | null> {
    const chunks: Buffer[] = [];
    for (;;) {
      const sizeLine = await this.#readLine();
      if (sizeLine === null) return null;
      const chunk = await this.#readBytes(Number.parseInt(sizeLine, 16));
      if (chunk === null || await this.#readLine() === null) return null;
      if (chunk.length === 0) return Buffer.concat(chunks);
      chunks.push(chunk);
    }
  }

  async #readLine(): Promise<string | null> {
    for (;;) {
      const end = this.#buffered.indexOf("\r\n");
      if (end >= 0) {
        const line = this.#buffered.subarray(0, end).toString("latin1");
        this.#buffered = this.#buffered.subarray(end + 2);
        return line;
      }
      if (!await this.#more()) return null;
    }
  }

  async #readBytes(count: number): Promise<Buffer | null> {
    while (this.#buffered.length < count) {
      if (!await this.#more()) return null;
    }
    const bytes = this.#buffered.subarray(0, count);
    this.#buffered = this.#buffered.subarray(count);
    return bytes;
  }

  async #more(): Promise<boolean> {
    if (this.#isEnded) return false;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    await promise;
    this.#wake = null;
    return true;
  }
}
