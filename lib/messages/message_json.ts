/** A message as the API shows it. */
import type { MessageRow } from "@/db/messages.ts";
import type { Message } from "@/lib/messages/message_schema.ts";

/** A message row with the fields of the API; in JSON its times become ISO texts. */
export function messageToJson(row: MessageRow): Message {
  return {
    id: row.id,
    conversation_id: row.conversation_id,
    contact_id: row.contact_id,
    direction: row.direction,
    type: row.type,
    status: row.status,
    to: row.recipient,
    text: row.body,
    media_url: row.media_url,
    filename: row.filename,
    template: row.template,
    reply_to_message_id: row.reply_to_message_id,
    whatsapp_message_id: row.wamid,
    error: row.error,
    from: row.sender,
    media: row.media,
    content: row.content,
    edited_at: row.edited_at,
    revoked_at: row.revoked_at,
    created_at: row.created_at,
    sent_at: row.sent_at,
    delivered_at: row.delivered_at,
    read_at: row.read_at,
    failed_at: row.failed_at,
  };
}
