/**
 * Reads a JSON body under limits: of size, so that a huge one is refused without being read; of time, so that a
 * trickle does not hold a place for ever; and of form, so that what comes out is an object of clean text.
 */
import { readBytes } from "@/lib/api/body_bytes.ts";
import { ApiError } from "@/lib/api/errors.ts";
import { isDeeperThan } from "@/lib/json_depth.ts";

/** The largest body of an API request. */
export const MAX_BODY_BYTES = 256 * 1024;

/** How deep objects and arrays may lie in each other: far more than any field needs, far less than a stack holds. */
const MAX_DEPTH = 32;

/** How long a body may take to arrive. */
const BODY_TIMEOUT_MS = 10_000;

/** A JSON object as it came in. */
export type JsonObject = Record<string, unknown>;

/**
 * The body of a request as a JSON object.
 *
 * @throws ApiError unsupported_media_type, payload_too_large or bad_request
 */
export async function readJsonBody(
  req: Request,
  options: { maxBytes?: number; timeoutMs?: number } = {},
): Promise<JsonObject> {
  requireJson(req.headers.get("content-type"));
  const bytes = await readBytes(req, {
    maxBytes: options.maxBytes ?? MAX_BODY_BYTES,
    timeoutMs: options.timeoutMs ?? BODY_TIMEOUT_MS,
  });
  return requireJsonObject(parseJson(bytes));
}

/**
 * A JSON value as the object that every body must be.
 *
 * @throws ApiError bad_request
 */
export function requireJsonObject(body: unknown): JsonObject {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new ApiError(
      "bad_request",
      'The body must be a JSON object, such as {"to": "+14155550123"}',
    );
  }
  if (isDeeperThan(body, MAX_DEPTH)) {
    throw new ApiError("bad_request", `The body is nested more than ${MAX_DEPTH} levels deep`);
  }
  return body as JsonObject;
}

function requireJson(contentType: string | null): void {
  const [type = "", ...parameters] = (contentType ?? "").toLowerCase().split(";").map((part) =>
    part.trim()
  );
  const isJson = type === "application/json" || /^application\/[a-z0-9.!#$&^_-]+\+json$/.test(type);
  const charset = parameters.find((parameter) => parameter.startsWith("charset="));
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  if (isJson && isUtf8) return;
  if (isJson) {
    throw new ApiError("unsupported_media_type", "The body must be UTF-8: leave the charset out");
  }
  throw new ApiError(
    "unsupported_media_type",
    type === "application/x-www-form-urlencoded"
      ? 'The body was sent as a form, which is what curl -d does by default: add -H "Content-Type: application/json"'
      : 'Send the body as JSON with the header "Content-Type: application/json"',
  );
}

const decoder = new TextDecoder("utf-8", { fatal: true });

function parseJson(bytes: Uint8Array<ArrayBuffer>): unknown {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch (cause) {
    throw new ApiError("bad_request", "The body is not valid UTF-8", { cause });
  }
  if (text.trim() === "") {
    throw new ApiError("bad_request", "The body is empty: send a JSON object");
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ApiError(
      "bad_request",
      "The body is not valid JSON: check quotes, commas and brackets",
      {
        cause,
      },
    );
  }
}
