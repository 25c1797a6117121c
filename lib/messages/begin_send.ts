/**
 * The first step of a send: everything that has to be in the database before Meta is called. Refusals leave nothing
 * behind. If it is in doubt whether the step was committed, Meta is not called and the row is settled later.
 */
import { DatabaseUnavailableError } from "@/db/errors.ts";
import type { BegunSend } from "@/db/sends.ts";
import { ApiError, invalidInput } from "@/lib/api/errors.ts";
import { KeyRefusedError } from "@/lib/api/known_keys.ts";
import { makeId } from "@/lib/ids.ts";
import { messagePreview } from "@/lib/messages/message_preview.ts";
import { type CreatedSend, type Send, SEND_ENDPOINT } from "@/lib/messages/send.ts";
import { outcomeUnknown } from "@/lib/messages/send_outcome.ts";
import type { Services } from "@/lib/services.ts";

/** What an earlier request with the same key has sent. */
type ReplayedSend = Extract<BegunSend, { outcome: "replayed" }>;

/**
 * Stores the message as pending, or finds what its idempotency key stands for.
 *
 * @throws ApiError when the idempotency key or the request refuses it
 * @throws KeyRefusedError when the API key is not what it was a moment ago
 * @throws DatabaseUnavailableError
 */
export async function begin(
  services: Services,
  send: Send,
): Promise<CreatedSend | ReplayedSend> {
  const { request, sender } = send;
  let begun: BegunSend;
  try {
    begun = await services.sends.begin({
      accountId: sender.accountId,
      messageId: send.messageId,
      contactId: makeId(),
      conversationId: makeId(),
      phone: request.recipient.kind === "phone" ? request.recipient.phone : null,
      bsuid: request.recipient.kind === "bsuid" ? request.recipient.bsuid : null,
      name: request.name,
      type: request.message.type,
      body: request.text,
      mediaUrl: request.mediaUrl,
      filename: request.filename,
      template: request.message.type === "template" ? { ...request.message.template } : null,
      preview: messagePreview(request),
      replyToMessageId: request.replyToMessageId,
      endpoint: SEND_ENDPOINT,
      idempotency: send.idempotency,
      leaseMs: Math.round(send.leaseEndsAt - performance.now()),
      apiKeyId: sender.apiKeyId,
      requestId: sender.requestId,
      keyHash: send.keyProof?.keyHash ?? null,
    });
  } catch (error) {
    if (error instanceof DatabaseUnavailableError && error.inDoubt) {
      services.inDoubt.remember({
        accountId: sender.accountId,
        messageId: send.messageId,
        endpoint: SEND_ENDPOINT,
      });
    }
    throw error;
  }
  if (begun.outcome === "key_refused") throw new KeyRefusedError();
  if (send.keyProof !== null) send.keyProof.proved = true;
  if (begun.outcome === "created" || begun.outcome === "replayed") return begun;
  throw toRefusal(begun);
}

function toRefusal(
  begun: Exclude<BegunSend, { outcome: "created" | "replayed" | "key_refused" }>,
): ApiError {
  switch (begun.outcome) {
    case "in_progress":
      return new ApiError(
        "idempotency_in_progress",
        "The first request with this Idempotency-Key is still being sent: repeat it in a second for its result",
        { details: { message_id: begun.messageId }, headers: { "retry-after": "1" } },
      );
    case "outcome_unknown":
      return outcomeUnknown({ messageId: begun.messageId, status: 409 });
    case "mismatch":
      return new ApiError(
        "idempotency_mismatch",
        "This Idempotency-Key was used with another body within the last 24 hours: use a new key for a new message",
      );
    case "not_configured":
      return new ApiError(
        "whatsapp_not_configured",
        "The account has no WhatsApp integration: connect a number first, or use a test key",
      );
    case "reply_not_found":
      return invalidInput([{
        path: "reply_to_message_id",
        message: "Must be a message of the conversation with this recipient",
      }]);
    case "reply_without_wamid":
      return invalidInput([{
        path: "reply_to_message_id",
        message: "That message never reached WhatsApp, so it cannot be replied to",
      }]);
  }
}
