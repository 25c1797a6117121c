/**
 * A load generator on bare TCP connections: each sends a request, waits for the whole answer, and sends the next.
 * Latencies are exact, from the first byte written to the last byte read, and cost this process as little as can be.
 */

/** What one connection asks for, again and again. */
export interface Load {
  port: number;
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

interface Parsed {
  status: number;
  /** Where the answer ends, or null when it is not yet here. */
  end: number | null;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("latin1");
const BUFFER_BYTES = 1024 * 1024;

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

/**
 * Puts a server under load.
 *
 * @throws Error at the first answer with another status
 */
export async function putUnderLoad(load: Load): Promise<LoadResult> {
  const connections = await Promise.all(
    Array.from(
      { length: load.concurrency },
      () => Deno.connect({ hostname: "127.0.0.1", port: load.port }),
    ),
  );
  const latencies: number[] = [];
  const startedAt = performance.now();
  const endsAt = startedAt + load.durationMs;
  try {
    for (const connection of connections) connection.setNoDelay(true);
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

/** The latency that so many percent of the requests were below, in milliseconds. */
export function percentile({ latenciesMs }: LoadResult, percent: number): number {
  const index = Math.min(latenciesMs.length - 1, Math.floor(latenciesMs.length * percent / 100));
  return latenciesMs[index] ?? NaN;
}

async function drive(
  connection: Deno.TcpConn,
  run: { load: Load; endsAt: number; latencies: number[] },
): Promise<void> {
  const { load, endsAt, latencies } = run;
  const buffer = new Uint8Array(BUFFER_BYTES);
  while (true) {
    const startedAt = performance.now();
    if (startedAt >= endsAt) return;
    await writeAll(connection, load.next());
    let length = 0;
    let answer: Parsed = { status: 0, end: null };
    while (answer.end === null) {
      const count = await connection.read(buffer.subarray(length));
      if (count === null) throw new Error("The server closed the connection");
      length += count;
      answer = parse(buffer.subarray(0, length));
    }
    latencies.push(performance.now() - startedAt);
    if (answer.status !== load.expectedStatus) {
      throw new Error(decoder.decode(buffer.subarray(0, Math.min(length, 1000))));
    }
  }
}

async function writeAll(connection: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await connection.write(bytes.subarray(written));
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
