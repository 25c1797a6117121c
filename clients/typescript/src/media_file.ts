/** The file of an inbound message, as it arrives. A file that breaks off is an error, never a shorter file. */
import type { RequestFacts } from "./answer.ts";
import { connectionError, type ReadContext } from "./transport.ts";
import type { TimeLimit } from "./time_limit.ts";

/** A file. Read it with `bytes` or through `body`, once; or cancel `body`. */
export interface MediaFile {
  /** What the sender's phone said, such as "image/jpeg". */
  contentType: string;
  /** A name without folders; null if there is none. */
  filename: string | null;
  /** In bytes; null if it is not known beforehand. */
  size: number | null;
  requestId: string | null;
  /** The bytes as they arrive. Fails with a MessagesConnectionError if the connection breaks before the end. */
  body: ReadableStream<Uint8Array>;
  /** All bytes. */
  bytes(): Promise<Uint8Array>;
}

/** Makes a file of a successful response. */
export function readMediaFile(response: Response, context: ReadContext): Promise<MediaFile> {
  const { headers } = response;
  // Of a body that something in between has compressed, the header tells another length.
  const isPlain = (headers.get("content-encoding") ?? "identity") === "identity";
  const length = headers.get("content-length");
  const size = isPlain && length !== null ? Number(length) : null;
  const limit = context.keepLimit();
  limit.stopTimer();
  const body = readWhole(response.body, { size, limit, facts: context.facts });
  return Promise.resolve({
    contentType: headers.get("content-type") ?? "application/octet-stream",
    filename: readFilename(headers.get("content-disposition") ?? ""),
    size,
    requestId: headers.get("x-request-id"),
    body,
    bytes: async () => new Uint8Array(await new Response(body).arrayBuffer()),
  });
}

/** The same bytes, with the client's own error when they break off. */
function readWhole(
  source: ReadableStream<Uint8Array> | null,
  options: { size: number | null; limit: TimeLimit; facts: RequestFacts },
): ReadableStream<Uint8Array> {
  const { size, limit, facts } = options;
  const reader = (source ?? new Blob([]).stream()).getReader();
  let length = 0;
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done && size !== null && length !== size) {
          throw new Error(`${length} of ${size} bytes arrived`);
        }
        if (done) {
          limit.release();
          controller.close();
        } else {
          length += value.length;
          controller.enqueue(value);
        }
      } catch (error) {
        limit.release();
        // The reason of the caller's signal, if that was what ended it.
        if (limit.signal.aborted) throw limit.signal.reason;
        throw connectionError(error, { facts, isTimedOut: false });
      }
    },
    async cancel(reason) {
      limit.release();
      await reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
}

/** RFC 6266: the name with its own characters, else the plain one. */
function readFilename(disposition: string): string | null {
  const whole = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1];
  const plain = /filename="([^"]*)"/i.exec(disposition)?.[1];
  const name = decodeName(whole) ?? plain ?? null;
  // As a proxy could have changed it: never a path.
  return name === null || name === "" ? null : name.replace(/[/\\]/g, "_");
}

function decodeName(text: string | undefined): string | null {
  if (text === undefined) return null;
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}
