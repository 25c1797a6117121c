/**
 * Reads the bytes of a body, under limits of size and of time. A body that tells its length is read by the runtime in
 * one go, which takes half as long as going through its pieces.
 */
import { within } from "@/db/time_limits.ts";
import { ApiError } from "@/lib/api/errors.ts";

/** The limits. */
export interface BodyLimits {
  maxBytes: number;
  timeoutMs: number;
}

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * The bytes of a body.
 *
 * @throws ApiError payload_too_large, or bad_request when it breaks off or takes too long
 */
export async function readBytes(req: Request, limits: BodyLimits): Promise<Bytes> {
  const length = req.headers.get("content-length");
  if (length !== null && Number(length) > limits.maxBytes) throw tooLarge(limits);
  if (req.body === null) return new Uint8Array();
  const bytes = length === null ? readPieces(req.body, limits) : req.bytes();
  try {
    // The answer closes the connection, and what is still being read ends with that.
    return await within(limits.timeoutMs, bytes, () => {
      const seconds = limits.timeoutMs / 1000;
      throw badRequest(`The body did not arrive within ${seconds} seconds: send it at once`);
    });
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw badRequest("The body broke off: send the request again", error);
  }
}

async function readPieces(body: ReadableStream<Bytes>, limits: BodyLimits): Promise<Bytes> {
  const pieces: Bytes[] = [];
  let length = 0;
  for await (const piece of body) {
    length += piece.length;
    if (length > limits.maxBytes) throw tooLarge(limits);
    pieces.push(piece);
  }
  return await new Blob(pieces).bytes();
}

function tooLarge({ maxBytes }: BodyLimits): ApiError {
  return new ApiError(
    "payload_too_large",
    `The body is larger than ${maxBytes / 1024} KiB: pass media by URL, not in the body`,
    { headers: { connection: "close" } },
  );
}

function badRequest(message: string, cause?: unknown): ApiError {
  return new ApiError("bad_request", message, { cause, headers: { connection: "close" } });
}
