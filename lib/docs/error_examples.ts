/**
 * An example answer for each error code, for whoever reads about errors before meeting one. The envelope and every
 * message that depends on its case come from the functions that make real answers; tests/browser/docs_test.ts provokes
 * the others and compares.
 */
import { errorBody } from "@/lib/api/envelope.ts";
import { type ApiError, type ErrorCode, invalidInput } from "@/lib/api/errors.ts";
import { outcomeUnknown, toSendError } from "@/lib/messages/send_outcome.ts";
import type { MetaError } from "@/lib/meta/client.ts";
import { findMetaError, hintFor } from "@/lib/meta/error_table.ts";

type Example = Pick<ApiError, "message" | "details" | "headers">;

const REQUEST_ID = "01a2049d-e1c4-70f1-b2a3-6f0c8f6f3f5e";
const MESSAGE_ID = "01a2049d-e235-738c-b85a-dd9bd55b47d3";

const EXAMPLES: Readonly<Record<ErrorCode, Example>> = {
  bad_request: invalidInput([
    { path: "to", message: "Required" },
    { path: "txet", message: 'Unknown field: did you mean "text"?' },
  ]),
  whatsapp_not_configured: plain(
    "The account has no WhatsApp integration: connect a number first, or use a test key",
  ),
  unauthorized: plain('Send your API key in the header "Authorization: Bearer wacrm_…"'),
  forbidden: plain(
    'This key lacks the scope "messages:send": use a key that has it, or create one',
  ),
  not_found: plain("There is no message with this id in this account"),
  method_not_allowed: {
    ...plain("DELETE is not possible here: use GET, HEAD, OPTIONS, POST"),
    headers: { allow: "GET, HEAD, OPTIONS, POST" },
  },
  idempotency_in_progress: {
    message:
      "The first request with this Idempotency-Key is still being sent: repeat it in a second for its result",
    details: { message_id: MESSAGE_ID },
    headers: { "retry-after": "1" },
  },
  payload_too_large: plain("The body is larger than 256 KiB: pass media by URL, not in the body"),
  unsupported_media_type: plain(
    'Send the body as JSON with the header "Content-Type: application/json"',
  ),
  idempotency_mismatch: plain(
    "This Idempotency-Key was used with another body within the last 24 hours: use a new key for a new message",
  ),
  rate_limited: {
    ...plain("This key may make 120 requests a minute: send the request again in 1 s"),
    headers: { "retry-after": "1" },
  },
  internal: plain(
    `Something failed on the server: look for the request id "${REQUEST_ID}" in its log`,
  ),
  template_malformed: plain(
    'The stored template "order_shipped" cannot be sent as it is: synchronise the templates',
  ),
  meta_error: toSendError(
    { kind: "rejected", error: metaError(131047) },
    MESSAGE_ID,
  ),
  meta_unavailable: toSendError(
    { kind: "throttled", error: metaError(130429), retryAfterSeconds: 30 },
    MESSAGE_ID,
  ),
  unavailable: {
    ...plain("The server has no database at the moment: send the request again in a few seconds"),
    headers: { "retry-after": "2" },
  },
  outcome_unknown: outcomeUnknown({ messageId: MESSAGE_ID }),
};

/** The headers that matter and the body of an answer with this code, as a client would see them. */
export function errorExample(code: ErrorCode, { appUrl }: { appUrl: string }): string {
  const { message, details, headers } = EXAMPLES[code];
  const lines = Object.entries(headers).map(([name, value]) => `${titleCase(name)}: ${value}`);
  const body = errorBody({ code, message, details }, { requestId: REQUEST_ID, appUrl });
  return [...lines, ...lines.length > 0 ? [""] : [], JSON.stringify(body, null, 2)].join("\n");
}

function plain(message: string): Example {
  return { message, details: null, headers: {} };
}

/** What Meta answers, in the words of its own documentation, for one of its codes. */
function metaError(code: 131047 | 130429): MetaError {
  const messages = {
    131047: "More than 24 hours have passed since the recipient last wrote to this number.",
    130429: "The throughput of this number was exceeded.",
  };
  return {
    httpStatus: 400,
    code,
    subcode: null,
    type: "OAuthException",
    title: findMetaError(code)?.title ?? null,
    message: messages[code],
    fbtraceId: "A2kQx7ZrHnWvTq0mYbLc5Fd",
    hint: hintFor(code),
  };
}

/** "retry-after" becomes "Retry-After". */
function titleCase(name: string): string {
  return name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
}
