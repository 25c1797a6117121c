/**
 * The table of API errors: the one place where a code gets its HTTP status, whether a client may simply send the same
 * request again, and the words of its page in the documentation. A code that is not here does not compile.
 */
import type { ErrorDetails } from "@/lib/api/error_schema.ts";

/** What every error with a code has in common. */
export interface ErrorDefinition {
  status: number;
  /**
   * The same request may be sent again with no risk of a duplicate and some hope.
   */
  retryable: boolean;
  /** When it happens. */
  meaning: string;
  /** What to do about it. */
  fix: string;
}

/** Every code, in the order of its status. */
export const ERRORS = {
  bad_request: {
    status: 400,
    retryable: false,
    meaning: "A field, header or parameter is missing, malformed or not allowed here.",
    fix:
      "Read details.issues: each entry names a path and what it must be. Nothing was stored or sent.",
  },
  whatsapp_not_configured: {
    status: 400,
    retryable: false,
    meaning:
      "The account of this key has no WhatsApp integration, so there is no number to send from.",
    fix:
      'Connect a number on the page /whatsapp of the admin UI or with "deno task cli whatsapp connect", or use a test key, which needs no integration.',
  },
  unauthorized: {
    status: 401,
    retryable: false,
    meaning: "The API key is missing, malformed, unknown, revoked or expired.",
    fix: 'Send "Authorization: Bearer wacrm_…" with a key that is in use.',
  },
  forbidden: {
    status: 403,
    retryable: false,
    meaning: "The key is valid but lacks the scope that this endpoint needs.",
    fix: "Use a key that has the scope named in the message.",
  },
  not_found: {
    status: 404,
    retryable: false,
    meaning: "There is no such path, or no such resource in this key's account.",
    fix: "Check the path and the id. Live and test resources belong to different accounts.",
  },
  method_not_allowed: {
    status: 405,
    retryable: false,
    meaning: "The path exists but not with this method.",
    fix: "Use one of the methods in the Allow header.",
  },
  idempotency_in_progress: {
    status: 409,
    retryable: true,
    meaning: "The first request with this Idempotency-Key is still being sent.",
    fix:
      "Send the same request again after Retry-After seconds: it answers with the first one's result.",
  },
  payload_too_large: {
    status: 413,
    retryable: false,
    meaning: "The request body is larger than the endpoint takes.",
    fix: "Send less. Media is passed by URL, not in the body.",
  },
  unsupported_media_type: {
    status: 415,
    retryable: false,
    meaning: "The body is not declared as JSON.",
    fix: 'Send "Content-Type: application/json".',
  },
  idempotency_mismatch: {
    status: 422,
    retryable: false,
    meaning: "This Idempotency-Key was used within the last 24 hours with another body.",
    fix: "Use a new key for a new message. Repeat the old body unchanged to get the old answer.",
  },
  rate_limited: {
    status: 429,
    retryable: true,
    meaning:
      "The key has used up its requests for the moment, or too many requests from this address had no valid key.",
    fix:
      "Wait for Retry-After seconds. X-RateLimit-Reset says when the full burst is back; without it, correct the key: a " +
      "valid one is answered at once.",
  },
  internal: {
    status: 500,
    retryable: false,
    meaning: "Something failed here that should not have.",
    fix: "Look up the request id in the server's log.",
  },
  template_malformed: {
    status: 500,
    retryable: false,
    meaning: "The stored template could not be turned into a valid request.",
    fix: "Synchronise the templates, or correct the template in WhatsApp Manager.",
  },
  meta_error: {
    status: 502,
    retryable: false,
    meaning: "The request reached Meta and was refused. The message is stored as failed.",
    fix:
      "details.meta has Meta's code, its words and a hint. Correct the cause, then send again: the Idempotency-Key " +
      "is free.",
  },
  meta_unavailable: {
    status: 503,
    retryable: true,
    meaning: "Meta certainly did not take the message: it was unreachable or asked to slow down.",
    fix: "Send the same request again after Retry-After seconds.",
  },
  unavailable: {
    status: 503,
    retryable: true,
    meaning: "This server is overloaded or has no database at the moment. Nothing was sent.",
    fix: "Send the same request again after Retry-After seconds.",
  },
  outcome_unknown: {
    status: 504,
    retryable: false,
    meaning: "Meta may or may not have taken the message: its answer was lost.",
    fix:
      "Look at the message (details.message_id): its status webhook settles it. To send it again at the risk of a " +
      "duplicate, use a new Idempotency-Key.",
  },
} as const satisfies Record<string, ErrorDefinition>;

/** A code of the table. */
export type ErrorCode = keyof typeof ERRORS;

/** One problem of an input. */
export interface Issue {
  /** Where, such as "template.params[1]"; a header by its name. */
  path: string;
  /** What it must be. */
  message: string;
}

/** An error that the client is told about. Everything else that is thrown becomes a logged `internal`. */
export class ApiError extends Error {
  override name = "ApiError";
  readonly code: ErrorCode;
  readonly status: number;
  readonly details: ErrorDetails | null;
  readonly headers: Record<string, string>;

  /**
   * @param message says what to do next
   * @param options.status only where a code is used with another status than the table's
   */
  constructor(
    code: ErrorCode,
    message: string,
    options: {
      details?: ErrorDetails;
      headers?: Record<string, string>;
      status?: number;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.status = options.status ?? ERRORS[code].status;
    this.details = options.details ?? null;
    this.headers = options.headers ?? {};
  }
}

/** A `bad_request` that lists every problem. */
export function invalidInput(issues: Issue[]): ApiError {
  const [first] = issues;
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more in details.issues)` : "";
  const where = first === undefined || first.path === "" ? "" : `${first.path}: `;
  return new ApiError("bad_request", `${where}${first?.message ?? "The input is invalid"}${more}`, {
    details: { issues },
  });
}
