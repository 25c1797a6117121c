/**
 * What `POST /api/v1/messages` does with a body, whoever sent it: an API key through the route, or a signed-in user
 * through the admin UI. Both are checked, sent and answered by this one function.
 */
import type { z } from "zod";
import type { LoggedDetails } from "@/lib/api/answer.ts";
import type { JsonObject } from "@/lib/api/body.ts";
import type { ApiResult } from "@/lib/api/envelope.ts";
import { parseIdempotency } from "@/lib/api/idempotency.ts";
import type { KeyProof } from "@/lib/api/known_keys.ts";
import { parseMessageRequest } from "@/lib/messages/message_request.ts";
import type { sentMessageSchema } from "@/lib/messages/message_schema.ts";
import type { Sender } from "@/lib/messages/send.ts";
import { sendMessage } from "@/lib/messages/send_message.ts";
import { maskRecipient } from "@/lib/phone.ts";
import type { Services } from "@/lib/services.ts";

/** A body, and on whose behalf. */
export interface PostedMessage {
  sender: Sender;
  body: JsonObject;
  /** Null: none was given. */
  idempotencyKey: string | null;
  /** See `SendInput`. */
  keyProof: KeyProof | null;
  /** Filled in on the way. */
  logged: LoggedDetails;
}

/**
 * Checks a body, sends its message and waits for Meta's answer.
 *
 * @throws ApiError with every code of `POST /api/v1/messages` that comes after the key was checked
 */
export async function postMessage(
  services: Services,
  posted: PostedMessage,
): Promise<ApiResult<z.output<typeof sentMessageSchema>>> {
  const { sender, body, logged } = posted;
  const idempotency = parseIdempotency(posted.idempotencyKey, body);
  const request = parseMessageRequest(body);
  const { recipient } = request;
  logged.recipientMasked = maskRecipient(
    recipient.kind === "phone" ? recipient.phone : recipient.bsuid,
  );
  const sent = await sendMessage(services, {
    sender,
    request,
    idempotency,
    keyProof: posted.keyProof,
  });
  logged.messageId = sent.messageId;
  return {
    status: 201,
    data: {
      message_id: sent.messageId,
      whatsapp_message_id: sent.wamid,
      conversation_id: sent.conversationId,
      contact_id: sent.contactId,
      contact_created: sent.contactCreated,
    },
    warnings: sent.warnings,
    ...(sent.replayed ? { headers: { "idempotent-replayed": "true" } } : {}),
  };
}
