/** Conversations as the API shows them. */
import type { Contact } from "./contact.ts";

/** The states that people give a conversation in the admin UI. */
export type ConversationStatus = "open" | "pending" | "closed";

/** All messages with one contact. */
export interface Conversation {
  id: string;
  contact_id: string;
  status: ConversationStatus;
  last_message_text: string | null;
  last_message_at: string | null;
  unread_count: number;
  /** WhatsApp's customer service window, in which more than templates is delivered. */
  window: {
    open: boolean;
    /** Null: the contact has never written. */
    expires_at: string | null;
  };
  created_at: string;
  updated_at: string;
  contact: Contact;
}

/** Which conversations `conversations.list` finds; all of these must hold. */
export interface ConversationQuery {
  status?: ConversationStatus | undefined;
  contact_id?: string | undefined;
  /** How many entries a page has, 1 to 100; 50 if left out. */
  limit?: number | undefined;
  /** Begins after the page that named it. */
  cursor?: string | undefined;
}
