/**
 * Reads HTTP/1.1 answers off a connection that is kept alive, to the byte: what the fuzzer must notice, such as a body
 * after HEAD or a second answer, an HTTP client would hide.
 */
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { Buffer } from "node:buffer";

/** An answer, read to its end. */
export interface WireAnswer {
  status: number;
  headers: Headers;
  /** Decoded. */
  body: Uint8Array;
}

/** Where bytes come from; null at their end. */
export type ReadBytes = () => Promise<Uint8Array | null>;

/** The connection ended in the middle of an answer, or what came was none. */
export class BrokenAnswer extends Error {
  override name = "BrokenAnswer";
}

const HEAD_END = "\r\n\r\n";
const STATUS_LINE = /^HTTP\/1\.1 (\d{3})/;

/** Reads the answers of one connection, one after the other. */
export class AnswerReader {
  readonly #read: ReadBytes;
  #buffered: Buffer = Buffer.alloc(0);

  constructor(read: ReadBytes) {
    this.#read = read;
  }

  /** Bytes that came after the last answer. */
  get rest(): number {
    return this.#buffered.length;
  }

  /**
   * The next final answer; null when the connection ended before it began.
   *
   * @throws BrokenAnswer
   */
  async next(request: { method: string }): Promise<WireAnswer | null> {
    while (true) {
      const head = await this.#readHead();
      if (head === null) return null;
      const { status, headers } = parseHead(head);
      if (status < 200) continue;
      const hasBody = request.method !== "HEAD" && status !== 204 && status !== 304;
      const body = hasBody ? await this.#readBody(headers) : new Uint8Array();
      return { status, headers, body: decode(body, headers.get("content-encoding")) };
    }
  }

  async #readHead(): Promise<string | null> {
    while (true) {
      const end = this.#buffered.indexOf(HEAD_END);
      if (end >= 0) return this.#take(end + HEAD_END.length).toString("latin1");
      if (await this.#more()) continue;
      if (this.#buffered.length === 0) return null;
      throw new BrokenAnswer(`Ended after "${this.#buffered.toString("latin1").slice(0, 200)}"`);
    }
  }

  async #readBody(headers: Headers): Promise<Uint8Array> {
    if (headers.get("transfer-encoding") === "chunked") return await this.#readChunks();
    const length = headers.get("content-length");
    if (length !== null) return await this.#readExactly(Number(length));
    while (await this.#more());
    return this.#take(this.#buffered.length);
  }

  async #readChunks(): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    while (true) {
      const size = Number.parseInt(await this.#readLine(), 16);
      const chunk = await this.#readExactly(size);
      await this.#readLine();
      if (size === 0) return Buffer.concat(chunks);
      chunks.push(chunk);
    }
  }

  async #readLine(): Promise<string> {
    while (true) {
      const end = this.#buffered.indexOf("\r\n");
      if (end >= 0) return this.#take(end + 2).toString("latin1");
      if (!await this.#more()) throw new BrokenAnswer("Ended inside of a chunked body");
    }
  }

  async #readExactly(length: number): Promise<Uint8Array> {
    while (this.#buffered.length < length) {
      if (!await this.#more()) {
        throw new BrokenAnswer(
          `Ended after ${this.#buffered.length} of ${length} bytes of the body`,
        );
      }
    }
    return this.#take(length);
  }

  #take(length: number): Buffer {
    const taken = this.#buffered.subarray(0, length);
    this.#buffered = this.#buffered.subarray(length);
    return taken;
  }

  async #more(): Promise<boolean> {
    const bytes = await this.#read();
    if (bytes === null) return false;
    this.#buffered = Buffer.concat([this.#buffered, bytes]);
    return true;
  }
}

function parseHead(head: string): { status: number; headers: Headers } {
  const [line = "", ...fields] = head.slice(0, -HEAD_END.length).split("\r\n");
  const status = STATUS_LINE.exec(line)?.[1];
  if (status === undefined) throw new BrokenAnswer(`Not a status line: "${line.slice(0, 200)}"`);
  const headers = new Headers();
  for (const field of fields) {
    const colon = field.indexOf(":");
    headers.append(field.slice(0, colon), field.slice(colon + 1).trim());
  }
  return { status: Number(status), headers };
}

function decode(body: Uint8Array, encoding: string | null): Uint8Array {
  if (encoding === "gzip") return gunzipSync(body);
  if (encoding === "br") return brotliDecompressSync(body);
  return body;
}
