/**
 * What calls throw. All are a {@link MessagesError}: one for what the API answered, one for answers that never came.
 * None holds the API key, and none keeps the error of the runtime that is behind it: its texts may name headers and
 * addresses with phone numbers.
 */
import type { RateLimit } from "./results.ts";

/** The error codes that this version knows; a newer server may have more. */
export type ErrorCode =
  | "bad_request"
  | "whatsapp_not_configured"
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "method_not_allowed"
  | "idempotency_in_progress"
  | "payload_too_large"
  | "unsupported_media_type"
  | "idempotency_mismatch"
  | "rate_limited"
  | "internal"
  | "template_malformed"
  | "meta_error"
  | "meta_unavailable"
  | "unavailable"
  | "outcome_unknown";

/** One problem of an input. */
export interface Issue {
  /** Where, such as "template.params[1]". */
  path: string;
  /** What it must be. */
  message: string;
}

/** What Meta said of a message that it refused. */
export interface MetaErrorDetails {
  code: number | null;
  subcode: number | null;
  type: string | null;
  title: string | null;
  message: string;
  fbtrace_id: string | null;
  /** What to do about it. */
  hint: string;
}

/** More about an error; which fields are there depends on its code. */
export interface ErrorDetails {
  /** With `bad_request`: every problem of the input. */
  issues?: Issue[];
  /** The message that was stored, which `messages.get` shows. */
  message_id?: string;
  /** Meta's id of the message, where it is known although the outcome is not. */
  whatsapp_message_id?: string;
  /** With `meta_error` and sometimes with `meta_unavailable` and `outcome_unknown`. */
  meta?: MetaErrorDetails;
  [name: string]: unknown;
}

/** What every error of this client tells. */
export interface ErrorFacts {
  requestId: string | null;
  attempts: number;
  idempotencyKey: string | null;
  retryAfterSeconds: number | null;
}

/** An error of this client. */
export abstract class MessagesError extends Error {
  override readonly name: string = "MessagesError";
  /** Names the request in the server's log; null if no answer named it. */
  readonly requestId: string | null;
  /** How many requests were made. */
  readonly attempts: number;
  /**
   * The key that a send was made with; null for other calls. To try again without the risk of a duplicate, call
   * `messages.send` with the same input and this key.
   */
  readonly idempotencyKey: string | null;
  /** How long the server asks to wait; null if it does not say. */
  readonly retryAfterSeconds: number | null;

  constructor(message: string, facts: ErrorFacts) {
    super(message);
    this.requestId = facts.requestId;
    this.attempts = facts.attempts;
    this.idempotencyKey = facts.idempotencyKey;
    this.retryAfterSeconds = facts.retryAfterSeconds;
  }
}

/** The API refused the request, or could not carry it out; the message says what to do. */
export class MessagesApiError extends MessagesError {
  override readonly name = "MessagesApiError";
  /** Stable: branch on it, with a default for codes that come later. */
  readonly code: ErrorCode;
  /** The HTTP status. */
  readonly status: number;
  /** The same request may be sent again with no risk of a duplicate and some hope. The client has done so already. */
  readonly retryable: boolean;
  /** A page about this code. */
  readonly docUrl: string;
  readonly details: ErrorDetails;
  readonly rateLimit: RateLimit | null;

  constructor(
    message: string,
    facts: ErrorFacts & {
      code: ErrorCode;
      status: number;
      retryable: boolean;
      docUrl: string;
      details: ErrorDetails;
      rateLimit: RateLimit | null;
    },
  ) {
    super(message, facts);
    this.code = facts.code;
    this.status = facts.status;
    this.retryable = facts.retryable;
    this.docUrl = facts.docUrl;
    this.details = facts.details;
    this.rateLimit = facts.rateLimit;
  }

  /** Every problem of the input; empty for other errors than `bad_request`. */
  get issues(): Issue[] {
    return this.details.issues ?? [];
  }
}

/**
 * Why there is no answer of the API. `lost`: no connection, or one that broke, or a proxy that could not reach the
 * server. `timed_out`: no answer in time. `unexpected_answer`: an answer, but not one of this API; not repeated.
 */
export type ConnectionFailure = "lost" | "timed_out" | "unexpected_answer";

/** There is no answer of the API: whether the request was carried out is not known. */
export class MessagesConnectionError extends MessagesError {
  override readonly name = "MessagesConnectionError";
  readonly reason: ConnectionFailure;
  /** The HTTP status of an answer that did not come from the API. */
  readonly status: number | null;

  constructor(
    message: string,
    facts: ErrorFacts & { reason: ConnectionFailure; status: number | null },
  ) {
    super(message, facts);
    this.reason = facts.reason;
    this.status = facts.status;
  }
}
