/**
 * The files that people sent to a simulator's numbers: `GET /{media id}` names a URL that is good for one download
 * (Meta's is good for five minutes), and that URL, on the same host, gives the bytes piece by piece, as fast as they
 * are taken. Both want the access token. Meta: "Media, retrieve media URL".
 */
import type { Socket } from "node:net";
import { type Wire, writeAnswer } from "@/tests/simulator/fault_actions.ts";
import type { ReceivedRequest } from "@/tests/simulator/received_log.ts";

/** A file and the token that opens it. */
export interface SimulatedFile {
  id: string;
  accessToken: string;
  mimeType: string;
  /** How many bytes are announced; the connection is closed when `pieces` gives fewer. */
  size: number;
  pieces(): Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  /** Where Meta says that the file is; a URL of this simulator if left out. */
  url?: string;
}

type Request = Pick<ReceivedRequest, "method" | "path" | "headers" | "authorization">;

/** The files of one simulator, by id. */
export class SimulatedFiles {
  readonly #files = new Map<string, SimulatedFile>();
  /** The paths that were named and not fetched yet. */
  readonly #paths = new Map<string, SimulatedFile>();
  #named = 0;

  /** Adds a file or replaces the one with its id. */
  add(file: SimulatedFile): void {
    this.#files.set(file.id, file);
  }

  /** Whether a request is about files. */
  isFor(request: Request): boolean {
    return request.method === "GET" &&
      (request.path.startsWith("/files/") || this.#ofNode(request) !== undefined);
  }

  /** Answers such a request; true when the connection can be used again. */
  async answer(request: Request, { socket }: Pick<Wire, "socket">): Promise<boolean> {
    const node = this.#ofNode(request);
    const file = node ?? this.#paths.get(request.path);
    if (file === undefined) return refuse(socket, 404);
    if (request.authorization !== `Bearer ${file.accessToken}`) return refuse(socket, 401);
    if (node !== undefined) return this.#name(node, { socket, host: request.headers.host ?? "" });
    this.#paths.delete(request.path);
    return await send(file, socket);
  }

  #ofNode(request: Request): SimulatedFile | undefined {
    return this.#files.get(/^\/v\d+\.\d+\/([^/]+)$/.exec(request.path)?.[1] ?? "");
  }

  #name(file: SimulatedFile, { socket, host }: { socket: Socket; host: string }): boolean {
    const path = `/files/${file.id}/${++this.#named}`;
    this.#paths.set(path, file);
    return writeAnswer(socket, {
      status: 200,
      headers: { "content-type": "application/json; charset=UTF-8" },
      body: JSON.stringify({
        messaging_product: "whatsapp",
        url: file.url ?? `http://${host}${path}`,
        mime_type: file.mimeType,
        sha256: "0".repeat(64),
        file_size: file.size,
        id: file.id,
      }),
    });
  }
}

function refuse(socket: Socket, status: number): boolean {
  return writeAnswer(socket, {
    status,
    headers: { "content-type": "application/json; charset=UTF-8" },
    body: JSON.stringify({ error: { message: "Refused", type: "OAuthException", code: 190 } }),
  });
}

async function send(file: SimulatedFile, socket: Socket): Promise<boolean> {
  socket.write(
    `HTTP/1.1 200 Simulated\r\ncontent-type: ${file.mimeType}\r\ncontent-length: ${file.size}\r\n\r\n`,
  );
  // Leaving the loop early ends a generator: its "finally" tells a test that the client has gone.
  let sent = 0;
  for await (const piece of file.pieces()) {
    sent += piece.length;
    if (socket.destroyed) return false;
    if (!socket.write(piece)) await drained(socket);
    if (socket.destroyed) return false;
  }
  return sent === file.size;
}

function drained(socket: Socket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = (): void => {
    socket.off("drain", done);
    socket.off("close", done);
    resolve();
  };
  socket.once("drain", done);
  socket.once("close", done);
  return promise;
}
