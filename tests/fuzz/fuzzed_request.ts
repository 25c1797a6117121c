/**
 * A request as the fuzzer makes it: everything that goes over the wire, how the body is framed, and whether all of it
 * is HTTP that a server must understand. What is asked for is the arbitraries' business.
 */

/** How the end of the body is told, rightly or wrongly. */
export const FRAMINGS = [
  "length",
  "chunked",
  "no length",
  "too short a length",
  "too long a length",
  "two lengths",
  "a length and chunks",
  "a length that is no number",
  "a negative length",
  "a huge length",
  "broken chunks",
  "chunks without an end",
] as const;
export type Framing = (typeof FRAMINGS)[number];

/** A request. */
export interface FuzzedRequest {
  /** For the summary, such as "POST /api/v1/messages". */
  endpoint: string;
  method: string;
  /** The second word of the request line. */
  target: string;
  headers: [name: string, value: string][];
  body: Uint8Array<ArrayBuffer> | null;
  framing: Framing;
}

/** A request as bytes, and what to do with the connection. */
export interface WireRequest {
  bytes: Uint8Array;
  /** The server waits for more that never comes: this side has to say that it is done. */
  endsWriting: boolean;
  /** More than one request's bytes may have been sent, so the connection is not used again. */
  isLast: boolean;
}

/** After these the server waits for bytes that never come. */
const WAITING: readonly Framing[] = [
  "too long a length",
  "a huge length",
  "chunks without an end",
];

const CHUNK_BYTES = 1_000;
const MISMATCH_BYTES = 3;
const MAX_PRINTED = 3_000;
/** Servers may refuse longer ones as they like. */
const MAX_TARGET_LENGTH = 16_000;
const MAX_HEAD_LENGTH = 64_000;
const MAX_HEADERS = 80;

const PLAIN_TARGET = /^(http:\/\/[a-z.:0-9]+)?\/[\w\-.~!$&'()*+,;=:@%/?]*$/;
const PLAIN_HOST = /^[a-z0-9.-]+(:[1-5]?\d{1,4})?$/;
/** Of these it depends on their value whether a server must know what to do. */
const SPECIAL_HEADER = /^(Transfer-Encoding|Content-Length|Upgrade|Expect)$/;

const encoder = new TextEncoder();

/** The bytes of a request. */
export function toWire(request: FuzzedRequest): WireRequest {
  const { body, framing } = request;
  const head = encoder.encode(headOf(request));
  const parts = body === null ? [head] : [head, ...bodyParts(body, framing)];
  const waitsForMore = body === null
    ? request.headers.some(([name]) => /^(content-length|transfer-encoding)$/i.test(name))
    : WAITING.includes(framing);
  return { bytes: concatenate(parts), endsWriting: waitsForMore, isLast: !isPlainHttp(request) };
}

/** Whether a request is HTTP/1.1 that every server must understand; any other may be refused without being read. */
export function isPlainHttp(request: FuzzedRequest): boolean {
  const { method, body, framing } = request;
  return /^[A-Za-z]+$/.test(method) && hasPlainTarget(request) && hasPlainHeaders(request) &&
    headOf(request).length <= MAX_HEAD_LENGTH &&
    (body === null || framing === "length" || framing === "chunked");
}

/** Whether the target is a path or a URL, as a server must understand it. */
export function hasPlainTarget({ method, target }: FuzzedRequest): boolean {
  return method !== "CONNECT" && target.length <= MAX_TARGET_LENGTH && PLAIN_TARGET.test(target);
}

/** A request as text for a person who wants to try it again. */
export function printRequest(request: FuzzedRequest): string {
  const { bytes } = toWire(request);
  const text = Array.from(bytes.subarray(0, MAX_PRINTED), printByte).join("");
  const rest = bytes.length > MAX_PRINTED ? ` … and ${bytes.length - MAX_PRINTED} bytes` : "";
  const framing = request.body === null ? "" : `, the body told by ${request.framing}`;
  return `[${request.endpoint}${framing}]\n${text}${rest}`;
}

function hasPlainHeaders({ headers }: FuzzedRequest): boolean {
  const [host, ...otherHosts] = headers.filter(([name]) => name === "Host");
  return headers.length <= MAX_HEADERS &&
    host !== undefined && otherHosts.length === 0 && PLAIN_HOST.test(host[1]) &&
    headers.every(([name, value]) =>
      !SPECIAL_HEADER.test(name) && /^[\w!#$%&'*+.^`|~-]+$/.test(name) &&
      /^[\t\x20-\x7e\x80-\uffff]*$/.test(value)
    );
}

function headOf(request: FuzzedRequest): string {
  const fields = [...request.headers, ...framingHeaders(request)];
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`);
  return `${request.method} ${request.target} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

function framingHeaders({ body, framing }: FuzzedRequest): [string, string][] {
  if (body === null) return [];
  const length = (value: number | string): [string, string] => ["Content-Length", `${value}`];
  const chunked: [string, string] = ["Transfer-Encoding", "chunked"];
  switch (framing) {
    case "length":
      return [length(body.length)];
    case "chunked":
    case "broken chunks":
    case "chunks without an end":
      return [chunked];
    case "no length":
      return [];
    case "too short a length":
      return [length(Math.max(0, body.length - MISMATCH_BYTES))];
    case "too long a length":
      return [length(body.length + MISMATCH_BYTES)];
    case "two lengths":
      return [length(body.length), length(body.length + 1)];
    case "a length and chunks":
      return [length(body.length), chunked];
    case "a length that is no number":
      return [length("0x10")];
    case "a negative length":
      return [length(-1)];
    case "a huge length":
      return [length("9".repeat(15))];
  }
}

function bodyParts(body: Uint8Array, framing: Framing): Uint8Array[] {
  if (framing === "broken chunks") return [encoder.encode("zz\r\n"), body, encoder.encode("\r\n")];
  const isChunked = framing === "chunked" || framing === "chunks without an end" ||
    framing === "a length and chunks";
  if (!isChunked) return [body];
  const parts: Uint8Array[] = [];
  for (let at = 0; at < body.length; at += CHUNK_BYTES) {
    const chunk = body.subarray(at, at + CHUNK_BYTES);
    parts.push(encoder.encode(`${chunk.length.toString(16)}\r\n`), chunk, encoder.encode("\r\n"));
  }
  return framing === "chunks without an end" ? parts : [...parts, encoder.encode("0\r\n\r\n")];
}

function concatenate(parts: Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

function printByte(byte: number): string {
  if (byte === 0x0a || (byte >= 0x20 && byte <= 0x7e)) return String.fromCharCode(byte);
  return byte === 0x0d ? "" : `\\x${byte.toString(16).padStart(2, "0")}`;
}
