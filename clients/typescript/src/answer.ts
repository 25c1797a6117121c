/** From an HTTP response to an answer of the API, or to the error that it is. */
import {
  type ErrorCode,
  type ErrorDetails,
  MessagesApiError,
  MessagesConnectionError,
  type MessagesError,
} from "./errors.ts";
import type { RateLimit, Warning } from "./results.ts";

/** A successful answer. */
export interface Answer<Data> {
  status: number;
  data: Data;
  nextCursor: string | null;
  warnings: Warning[];
  requestId: string | null;
  rateLimit: RateLimit | null;
  attempts: number;
  /** Whether it is the answer of an earlier request with the same Idempotency-Key. */
  replayed: boolean;
}

/** What is known of the request that a response belongs to. */
export interface RequestFacts {
  /** Such as "POST https://messages.example.com/api/v1/messages", without a query. */
  label: string;
  attempts: number;
  idempotencyKey: string | null;
  /** Is taken out of every text that comes from outside. */
  apiKey: string;
}

/** What stands in front of the server answers so when it cannot reach it, or not in time. */
const GATEWAY_STATUSES = [502, 503, 504];

const HIDDEN = "[API key]";

/**
 * Reads a successful response.
 *
 * @throws MessagesConnectionError when it is not one of this API
 */
export async function readAnswer<Data>(
  response: Response,
  facts: RequestFacts,
): Promise<Answer<Data>> {
  const body = parseObject(await response.text());
  if (body === null || !("data" in body)) throw unexpectedAnswer(response, facts);
  const meta = isObject(body.meta) ? body.meta : {};
  return {
    status: response.status,
    data: body.data as Data,
    nextCursor: typeof meta.next_cursor === "string" ? meta.next_cursor : null,
    warnings: Array.isArray(meta.warnings) ? meta.warnings : [],
    requestId: response.headers.get("x-request-id"),
    rateLimit: readRateLimit(response.headers),
    attempts: facts.attempts,
    replayed: response.headers.get("idempotent-replayed") === "true",
  };
}

/** Reads a response without success as the error that it is. */
export async function readError(response: Response, facts: RequestFacts): Promise<MessagesError> {
  const text = (await response.text()).replaceAll(facts.apiKey, HIDDEN);
  const error = parseObject(text)?.error;
  if (!isObject(error) || typeof error.code !== "string" || typeof error.message !== "string") {
    return unexpectedAnswer(response, facts);
  }
  return new MessagesApiError(error.message, {
    ...readFacts(response, facts),
    requestId: typeof error.request_id === "string" ? error.request_id : null,
    code: error.code as ErrorCode,
    status: response.status,
    retryable: error.retryable === true,
    docUrl: typeof error.doc_url === "string" ? error.doc_url : "",
    details: isObject(error.details) ? error.details as ErrorDetails : {},
    rateLimit: readRateLimit(response.headers),
  });
}

/** The three X-RateLimit headers; null when the key has no limit. */
export function readRateLimit(headers: Headers): RateLimit | null {
  const [limit, remaining, reset] = ["limit", "remaining", "reset"].map((name) =>
    Number(headers.get(`x-ratelimit-${name}`) ?? NaN)
  );
  if (limit === undefined || remaining === undefined || reset === undefined) return null;
  if ([limit, remaining, reset].some(Number.isNaN)) return null;
  return { limit, remaining, resetAt: new Date(reset * 1000) };
}

function unexpectedAnswer(response: Response, facts: RequestFacts): MessagesConnectionError {
  const { status } = response;
  const type = response.headers.get("content-type") ?? "no content type";
  const isGateway = GATEWAY_STATUSES.includes(status);
  const isRedirect = status >= 300 && status < 400;
  const what =
    `${facts.label} was answered with status ${status} (${type}), not by the Messages API`;
  const advice = isGateway
    ? "the server behind this address is not reached"
    : isRedirect
    ? "redirects are not followed, as the key is for one address alone: give the final one as baseUrl"
    : "check baseUrl";
  return new MessagesConnectionError(`${what}: ${advice}`, {
    ...readFacts(response, facts),
    reason: isGateway ? "lost" : "unexpected_answer",
    status,
  });
}

function readFacts(response: Response, { attempts, idempotencyKey }: RequestFacts) {
  return {
    requestId: response.headers.get("x-request-id"),
    attempts,
    idempotencyKey,
    retryAfterSeconds: readRetryAfter(response.headers.get("retry-after")),
  };
}

/** RFC 9110, section 10.2.3: seconds, or a date. */
function readRetryAfter(value: string | null): number | null {
  if (value === null) return null;
  if (/^[0-9]+$/.test(value)) return Number(value);
  const atMs = Date.parse(value);
  return Number.isNaN(atMs) ? null : Math.max(0, Math.ceil((atMs - Date.now()) / 1000));
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
