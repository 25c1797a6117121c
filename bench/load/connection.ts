/**
 * A bare TCP connection on which one HTTP/1.1 request after the other is made: it costs this process as little as can
 * be, so that what is measured is the server.
 */

/** A connection; one exchange at a time. */
export interface Connection {
  /**
   * Writes a request and resolves with the status when the whole answer is there.
   *
   * @throws Error when the server closes the connection
   */
  exchange(request: Uint8Array): Promise<number>;
  /** The beginning of the last answer, to be shown. */
  lastAnswer(): string;
  close(): void;
}

interface Parsed {
  status: number;
  /** Where the answer ends, or null when it is not yet here. */
  end: number | null;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("latin1");
const BUFFER_BYTES = 1024 * 1024;
const SHOWN_BYTES = 1000;

/** A whole HTTP/1.1 request. */
export function encodeRequest(options: {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
}): Uint8Array {
  const { body = "" } = options;
  const headers = { host: "localhost", ...options.headers };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const length = body === "" ? "" : `content-length: ${encoder.encode(body).length}\r\n`;
  return encoder.encode(
    `${options.method} ${options.path} HTTP/1.1\r\n${lines.join("")}${length}\r\n${body}`,
  );
}

/** Connects to a server on this machine. */
export async function openConnection(port: number): Promise<Connection> {
  const socket = await Deno.connect({ hostname: "127.0.0.1", port });
  socket.setNoDelay(true);
  const buffer = new Uint8Array(BUFFER_BYTES);
  let length = 0;
  return {
    exchange: async (request) => {
      await writeAll(socket, request);
      length = 0;
      while (true) {
        const count = await socket.read(buffer.subarray(length));
        if (count === null) throw new Error("The server closed the connection");
        length += count;
        const { status, end } = parse(buffer.subarray(0, length));
        if (end !== null) return status;
      }
    },
    lastAnswer: () => decoder.decode(buffer.subarray(0, Math.min(length, SHOWN_BYTES))),
    close: () => socket.close(),
  };
}

async function writeAll(socket: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await socket.write(bytes.subarray(written));
  }
}

function parse(bytes: Uint8Array): Parsed {
  const bodyStart = endOfHead(bytes);
  if (bodyStart === null) return { status: 0, end: null };
  const head = decoder.decode(bytes.subarray(0, bodyStart));
  const status = Number(head.slice(9, 12));
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (length !== undefined) {
    const end = bodyStart + Number(length);
    return { status, end: bytes.length >= end ? end : null };
  }
  // Chunked: the last chunk is empty.
  const tail = decoder.decode(bytes.subarray(Math.max(bodyStart, bytes.length - 5)));
  return { status, end: tail === "0\r\n\r\n" ? bytes.length : null };
}

function endOfHead(bytes: Uint8Array): number | null {
  for (let at = 3; at < bytes.length; at++) {
    if (bytes[at] === 10 && bytes[at - 1] === 13 && bytes[at - 2] === 10 && bytes[at - 3] === 13) {
      return at + 1;
    }
  }
  return null;
}
