/** What each error says in a case that is typical of it, for the document. */
import type { ErrorDetails } from "@/lib/api/error_schema.ts";
import type { ErrorCode } from "@/lib/api/errors.ts";
import { SENT_EXAMPLE } from "@/lib/messages/message_examples.ts";
import { hintFor } from "@/lib/meta/error_table.ts";

const { message_id } = SENT_EXAMPLE;
const UNDELIVERABLE = 131026;
const HINT = hintFor(UNDELIVERABLE);

/** Message and details by code. */
export const ERROR_EXAMPLES: Record<ErrorCode, { message: string; details?: ErrorDetails }> = {
  bad_request: {
    message: "to: Required",
    details: { issues: [{ path: "to", message: "Required" }] },
  },
  whatsapp_not_configured: {
    message: "The account has no WhatsApp integration: connect a number first, or use a test key",
  },
  unauthorized: { message: 'Send your API key in the header "Authorization: Bearer wacrm_…"' },
  forbidden: {
    message: 'This key lacks the scope "messages:send": use a key that has it, or create one',
  },
  not_found: { message: "There is no message with this id in this account" },
  method_not_allowed: { message: "PUT is not possible here: use GET, HEAD, OPTIONS" },
  idempotency_in_progress: {
    message:
      "The first request with this Idempotency-Key is still being sent: repeat it in a second for its result",
    details: { message_id },
  },
  payload_too_large: {
    message: "The body is larger than 256 KiB: pass media by URL, not in the body",
  },
  unsupported_media_type: {
    message: 'Send the body as JSON with the header "Content-Type: application/json"',
  },
  idempotency_mismatch: {
    message:
      "This Idempotency-Key was used with another body within the last 24 hours: use a new key for a new message",
  },
  rate_limited: {
    message: "This key may make 120 requests a minute: send the request again in 1 s",
  },
  internal: {
    message:
      'Something failed on the server: look for the request id "01a2049d-e235-738c-b85a-c9d0e1f20314" in its log',
  },
  template_malformed: { message: "The stored template cannot be sent: synchronise the templates" },
  meta_error: {
    message: `Meta refused the message: Message undeliverable (code ${UNDELIVERABLE}). ${HINT}`,
    details: {
      message_id,
      meta: {
        code: UNDELIVERABLE,
        subcode: null,
        type: "OAuthException",
        title: "Message undeliverable",
        message: "Message undeliverable",
        fbtrace_id: "A1b2C3d4E5f6G7h8",
        hint: HINT,
      },
    },
  },
  meta_unavailable: {
    message:
      "Meta could not be reached; the message was not sent. Send the same request again in 5 s",
    details: { message_id },
  },
  unavailable: {
    message: "The server has no database at the moment: send the request again in a few seconds",
  },
  outcome_unknown: {
    message:
      "Meta may or may not have taken this message: its status will follow. To send it again at the risk of a " +
      "duplicate, use a new Idempotency-Key",
    details: { message_id },
  },
};
