/** What a stored event says: its payload read back, and a status in the database's terms. */
import type { ClaimedMetaEvent, StatusUpdate } from "@/db/meta_events.ts";
import { isId } from "@/lib/ids.ts";
import { isJsonObject, parseJson } from "@/lib/meta/meta_error.ts";
import { parseWebhookStatus } from "@/lib/meta/webhook_status.ts";

/**
 * The payload of an event.
 *
 * @throws TypeError when it is not a JSON object
 */
export function parsePayload(event: ClaimedMetaEvent): Record<string, unknown> {
  const payload = parseJson(event.payload);
  if (!isJsonObject(payload)) throw new TypeError("The payload is not an object");
  return payload;
}

/**
 * The status that an event tells. Null: a kind of status that is not applied.
 *
 * @throws ZodError, TypeError when it is malformed
 */
export function toStatusUpdate(event: ClaimedMetaEvent): StatusUpdate | null {
  const status = parseWebhookStatus(parsePayload(event));
  if (status === null) return null;
  const { callbackData, ...rest } = status;
  return {
    accountId: event.account_id,
    eventId: event.id,
    messageId: callbackData !== null && isId(callbackData) ? callbackData : null,
    ...rest,
  };
}
