/**
 * Reads Meta's error envelope, `{"error": {code, message, error_data …}}`, out of
 * an answer. What the error means for a send is classify.ts's business. Parsed
 * defensively: behind proxies the body may be HTML, `error` may be a string,
 * and `error_data` an object, a string, or JSON inside a string.
 */
import { findMetaError, hintFor } from "@/lib/meta/error_table.ts";
import type { GraphResponse } from "@/lib/meta/transport.ts";

/** An error answer of Meta, with our advice. */
export interface MetaError {
  httpStatus: number;
  /** Null when the answer carried no code. */
  code: number | null;
  subcode: number | null;
  type: string | null;
  title: string | null;
  /** Meta's details if present, else its message, else a text of ours. */
  message: string;
  /** Quote this to Meta's support. */
  fbtraceId: string | null;
  hint: string;
}

// Long enough for every message Meta sends, short enough for a log line.
const MESSAGE_LIMIT_CHARACTERS = 1000;
const SECRET_MINIMUM_CHARACTERS = 6;

/** Parses JSON text; undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The absence of JSON is the answer the callers ask for.
    return undefined;
  }
}

/** Tells whether a value is a JSON object, so neither null nor an array. */
export function isJsonObject(
  value: unknown,
): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Reads the error of an answer; never throws. `code` stays null without a
 * readable envelope. `secret`, and whatever else was secret in the request, is
 * cut out of every text, because Meta repeats a malformed access token in its
 * message.
 */
export function parseMetaError(
  response: GraphResponse,
  options: { secret: string; furtherSecrets?: readonly string[] },
): MetaError {
  const secrets = [options.secret, ...options.furtherSecrets ?? []];
  const clean = (value: unknown): string | null =>
    typeof value === "string" && value.trim() !== "" ? cleanText(value, secrets) : null;
  const body = parseJson(response.text);
  const raw = isJsonObject(body) ? body.error : undefined;
  const error = isJsonObject(raw) ? raw : {};
  const code = integerOf(error.code);
  const metaMessage = clean(error.message) ?? clean(raw);
  return {
    httpStatus: response.status,
    code,
    subcode: integerOf(error.error_subcode),
    type: clean(error.type),
    title: titleOf(metaMessage, code) ?? clean(error.error_user_title),
    message: clean(detailsOf(error.error_data)) ?? metaMessage ??
      `Meta answered with HTTP status ${response.status} and no error message`,
    fbtraceId: clean(error.fbtrace_id) ??
      clean(response.headers["x-fb-trace-id"]),
    hint: hintFor(code),
  };
}

function detailsOf(errorData: unknown): unknown {
  if (typeof errorData !== "string") {
    return isJsonObject(errorData) ? errorData.details : undefined;
  }
  const inner = parseJson(errorData);
  return isJsonObject(inner) ? inner.details : errorData;
}

// Meta writes "(#131047) Re-engagement message": behind the code is the title.
function titleOf(message: string | null, code: number | null): string | null {
  const match = message?.match(/^\(#\d+\)\s*(\S[\s\S]*)$/);
  if (match?.[1] !== undefined) return match[1];
  return code === null ? null : findMetaError(code)?.title ?? null;
}

function integerOf(value: unknown): number | null {
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  if (typeof value === "string" && /^\d{1,9}$/.test(value)) {
    return Number(value);
  }
  return null;
}

function cleanText(text: string, secrets: readonly string[]): string {
  // Shorter values are no real tokens and would tear words apart.
  const visible = secrets.filter((secret) => secret.length >= SECRET_MINIMUM_CHARACTERS)
    .reduce((rest, secret) => rest.replaceAll(secret, "[access token]"), text);
  // Postgres refuses NUL, and half a surrogate pair is not valid UTF-8.
  return visible.replaceAll("\0", "").slice(0, MESSAGE_LIMIT_CHARACTERS)
    .toWellFormed();
}
