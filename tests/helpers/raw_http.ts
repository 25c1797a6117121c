/**
 * HTTP/1.1 written byte by byte, for requests that no HTTP client would send: odd paths and hosts, bodies that trickle
 * or break off. One request a connection.
 */

import { assertDocumented } from "@/tests/helpers/documented_answers.ts";

/** An answer as it came over the wire. */
export interface RawAnswer {
  status: number;
  headers: Headers;
  text: string;
  /** The parsed body, or null if it is not JSON. */
  // deno-lint-ignore no-explicit-any -- tests reach into answers whose shape is what they assert
  json: any;
}

/** A connection to a server under test. */
export interface RawConnection extends Disposable {
  write(part: string | Uint8Array): Promise<void>;
  /** Reads an answer of known length to its end, any other to the end of the connection. */
  readAnswer(): Promise<RawAnswer>;
  /** Ends the connection without waiting for anything. */
  close(): void;
}

const encoder = new TextEncoder();

/** Opens a connection to a port of 127.0.0.1. */
export async function connectRaw(port: number): Promise<RawConnection> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  let isOpen = true;
  const close = () => {
    if (isOpen) connection.close();
    isOpen = false;
  };
  return {
    write: async (part) => {
      let rest = typeof part === "string" ? encoder.encode(part) : part;
      while (rest.length > 0) rest = rest.subarray(await connection.write(rest));
    },
    readAnswer: async () => parseAnswer(await readWhole(connection)),
    close,
    [Symbol.dispose]: close,
  };
}

/** Sends a request line with headers and a body, reads the answer, and holds it against the OpenAPI document. */
export async function sendRaw(
  port: number,
  request: {
    /** Such as "GET //api/v1/me". */
    line: string;
    /** Instead of the usual one; null sends none. */
    host?: string | null;
    headers?: Record<string, string>;
    body?: string | Uint8Array;
  },
): Promise<RawAnswer> {
  using connection = await connectRaw(port);
  const host = request.host === undefined ? `127.0.0.1:${port}` : request.host;
  const body = typeof request.body === "string" ? encoder.encode(request.body) : request.body;
  await connection.write(requestHead(request.line, {
    ...(host === null ? {} : { Host: host }),
    Connection: "close",
    ...(body === undefined ? {} : { "Content-Length": String(body.length) }),
    ...request.headers,
  }));
  if (body !== undefined) await connection.write(body);
  const answer = await connection.readAnswer();
  // What is no host is refused before anybody looks at the path.
  if (request.host === undefined) {
    const [method = "", path = ""] = request.line.split(" ");
    await assertDocumented({ method, path }, answer);
  }
  return answer;
}

/** The head of a request, as it goes over the wire. */
export function requestHead(line: string, headers: Record<string, string>): string {
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${line} HTTP/1.1\r\n${fields.join("")}\r\n`;
}

async function readWhole(connection: Deno.TcpConn): Promise<string> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(16 * 1024);
  let text = "";
  while (!isWhole(text)) {
    const length = await connection.read(buffer);
    if (length === null) break;
    text += decoder.decode(buffer.subarray(0, length), { stream: true });
  }
  return text + decoder.decode();
}

function isWhole(text: string): boolean {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd === -1) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, headEnd))?.[1];
  if (length === undefined) return false;
  return encoder.encode(text.slice(headEnd + 4)).length >= Number(length);
}

function parseAnswer(answer: string): RawAnswer {
  const headEnd = answer.indexOf("\r\n\r\n");
  if (headEnd === -1) throw new Error(`No complete answer: "${answer}"`);
  const [statusLine = "", ...fields] = answer.slice(0, headEnd).split("\r\n");
  const headers = new Headers(fields.map((field): [string, string] => {
    const colon = field.indexOf(":");
    return [field.slice(0, colon), field.slice(colon + 1).trim()];
  }));
  const text = answer.slice(headEnd + 4);
  const isJson = headers.get("content-type")?.includes("json") ?? false;
  return {
    status: Number(statusLine.split(" ")[1]),
    headers,
    text,
    json: isJson && text !== "" ? JSON.parse(text) : null,
  };
}
