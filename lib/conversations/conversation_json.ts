/** A conversation as the API shows it. */
import type { ConversationRow } from "@/db/conversations.ts";
import { contactToJson } from "@/lib/contacts/contact_json.ts";
import type { Conversation } from "@/lib/conversations/conversation_schema.ts";

/** A conversation row with the fields of the API and the whole contact; in JSON its times become ISO texts. */
export function conversationToJson(row: ConversationRow): Conversation {
  return {
    id: row.id,
    contact_id: row.contact_id,
    status: row.status,
    last_message_text: row.last_message_text,
    last_message_at: row.last_message_at,
    unread_count: row.unread_count,
    window: { open: row.window_open, expires_at: row.window_expires_at },
    created_at: row.created_at,
    updated_at: row.updated_at,
    contact: contactToJson(row.contact),
  };
}
