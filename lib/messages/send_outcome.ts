/**
 * From what Meta answered to what is stored and what the caller is told. Three cases for the database (sent, failed,
 * unknown); for the caller, whether Meta refused, was not reached, or may have taken the message.
 */
import type { StoredMessageError } from "@/db/messages.ts";
import type { FinishSend } from "@/db/sends.ts";
import type { ErrorDetails } from "@/lib/api/error_schema.ts";
import { ApiError } from "@/lib/api/errors.ts";
import type { MetaError, SendOutcome } from "@/lib/meta/client.ts";

/** Meta's pair limit asks for growing waits that begin with these seconds. */
const PAIR_LIMIT_RETRY_SECONDS = 6;
const DEFAULT_RETRY_SECONDS = 5;

/** The part of a finished send that follows from Meta's answer. */
export type StoredOutcome = Pick<FinishSend, "status" | "wamid" | "error" | "waId" | "bsuid">;

const UNKNOWN_HINT = "Meta may or may not have taken the message. A status webhook settles it.";

/** What is stored for a send whose process died before its result was stored. */
export const ABANDONED: StoredMessageError = {
  code: null,
  title: "Outcome unknown",
  message: "The server stopped, or lost its database, while the message was being sent",
  hint: UNKNOWN_HINT,
};

/** What to store for an outcome. */
export function toStoredOutcome(outcome: SendOutcome): StoredOutcome {
  switch (outcome.kind) {
    case "accepted":
      return {
        status: "sent",
        wamid: outcome.wamid,
        error: null,
        waId: outcome.waId,
        bsuid: outcome.userId,
      };
    case "rejected":
    case "throttled":
    case "pair_limited":
      return withoutWamid("failed", describeMetaError(outcome.error));
    case "never_written":
      return withoutWamid("failed", {
        code: null,
        title: "Meta was not reached",
        message: outcome.reason,
        hint: "The message was not sent. Send it again when Meta can be reached.",
      });
    case "ambiguous":
      return withoutWamid("unknown", {
        code: outcome.error?.code ?? null,
        title: "Outcome unknown",
        message: outcome.reason,
        hint: UNKNOWN_HINT,
      });
  }
}

/** What the caller of a send that did not succeed is told. */
export function toSendError(outcome: SendOutcome, messageId: string): ApiError {
  switch (outcome.kind) {
    case "rejected":
      return new ApiError("meta_error", `Meta refused the message: ${summarize(outcome.error)}`, {
        details: { message_id: messageId, meta: metaDetails(outcome.error) },
      });
    case "throttled":
      return metaUnavailable("Meta asks to slow down", {
        messageId,
        meta: outcome.error,
        retryAfterSeconds: outcome.retryAfterSeconds ?? DEFAULT_RETRY_SECONDS,
      });
    case "pair_limited":
      return metaUnavailable("Meta limits messages to this recipient", {
        messageId,
        meta: outcome.error,
        retryAfterSeconds: PAIR_LIMIT_RETRY_SECONDS,
      });
    case "never_written":
      return metaUnavailable("Meta could not be reached", {
        messageId,
        meta: null,
        retryAfterSeconds: DEFAULT_RETRY_SECONDS,
      });
    default:
      return outcomeUnknown({
        messageId,
        wamid: outcome.kind === "accepted" ? outcome.wamid : null,
        meta: outcome.kind === "ambiguous" ? outcome.error : null,
      });
  }
}

/** The answer when only Meta knows whether it took the message. */
export function outcomeUnknown(
  options: { messageId: string; wamid?: string | null; meta?: MetaError | null; status?: 409 },
): ApiError {
  return new ApiError(
    "outcome_unknown",
    "Meta may or may not have taken this message: its status will follow. To send it again at the risk of a " +
      "duplicate, use a new Idempotency-Key",
    {
      details: {
        message_id: options.messageId,
        ...(options.wamid ? { whatsapp_message_id: options.wamid } : {}),
        ...(options.meta ? { meta: metaDetails(options.meta) } : {}),
      },
      ...(options.status === undefined ? {} : { status: options.status }),
    },
  );
}

function metaUnavailable(
  reason: string,
  options: { messageId: string; meta: MetaError | null; retryAfterSeconds: number },
): ApiError {
  const seconds = Math.max(1, Math.ceil(options.retryAfterSeconds));
  return new ApiError(
    "meta_unavailable",
    `${reason}; the message was not sent. Send the same request again in ${seconds} s`,
    {
      details: {
        message_id: options.messageId,
        ...(options.meta === null ? {} : { meta: metaDetails(options.meta) }),
      },
      headers: { "retry-after": String(seconds) },
    },
  );
}

function withoutWamid(status: "failed" | "unknown", error: StoredMessageError): StoredOutcome {
  return { status, wamid: null, error, waId: null, bsuid: null };
}

function describeMetaError(error: MetaError): StoredMessageError {
  return { code: error.code, title: error.title, message: error.message, hint: error.hint };
}

function summarize(error: MetaError): string {
  const code = error.code === null ? `HTTP ${error.httpStatus}` : `code ${error.code}`;
  return `${error.message} (${code}). ${error.hint}`;
}

/** What Meta said, as `details.meta` of an API error. */
export function metaDetails(error: MetaError): NonNullable<ErrorDetails["meta"]> {
  return {
    code: error.code,
    subcode: error.subcode,
    type: error.type,
    title: error.title,
    message: error.message,
    fbtrace_id: error.fbtraceId,
    hint: error.hint,
  };
}
