/** Messages as the API shows them. Times are ISO 8601 in UTC. */

/** What `messages.send` tells of a message that WhatsApp has taken. */
export interface SentMessage {
  message_id: string;
  whatsapp_message_id: string;
  conversation_id: string;
  contact_id: string;
  /** Whether this request created the contact. */
  contact_created: boolean;
}

/** The states of a message that was sent; `unknown`: WhatsApp may or may not have taken it. */
export type OutboundStatus = "pending" | "unknown" | "sent" | "failed" | "delivered" | "read";

/** Why a message failed. */
export interface MessageError {
  /** Meta's code, if it gave one. */
  code: number | null;
  title: string | null;
  message: string;
  hint: string;
}

interface CommonMessage {
  id: string;
  conversation_id: string;
  contact_id: string;
  reply_to_message_id: string | null;
  created_at: string;
  sent_at: string | null;
  delivered_at: string | null;
  read_at: string | null;
  failed_at: string | null;
  /** When its author changed it. */
  edited_at: string | null;
  /** When its author took it back. */
  revoked_at: string | null;
}

interface CommonOutbound extends CommonMessage {
  direction: "outbound";
  status: OutboundStatus;
  /** The recipient: a phone number or a WhatsApp user id. */
  to: string;
  from: null;
  whatsapp_message_id: string | null;
  error: MessageError | null;
  media: null;
  content: null;
}

/** A text that was sent. */
export interface OutboundTextMessage extends CommonOutbound {
  type: "text";
  text: string;
  media_url: null;
  filename: null;
  template: null;
}

/** A template that was sent. */
export interface OutboundTemplateMessage extends CommonOutbound {
  type: "template";
  text: null;
  media_url: null;
  filename: null;
  template: SentTemplate;
}

/** A file that was sent. */
export interface OutboundMediaMessage extends CommonOutbound {
  type: "image" | "video" | "document" | "audio";
  /** The caption. */
  text: string | null;
  media_url: string;
  filename: string | null;
  template: null;
}

/** A message that was sent. */
export type OutboundMessage = OutboundTextMessage | OutboundTemplateMessage | OutboundMediaMessage;

/** A message that somebody wrote to the business. */
export interface InboundMessage extends CommonMessage {
  direction: "inbound";
  status: "received";
  /** As WhatsApp names it: "text", "image", "sticker", "reaction", "location" and others. */
  type: string;
  /** The number of the business. */
  to: string;
  /** Their phone number or WhatsApp user id. */
  from: string | null;
  /** The text, the caption, or a reaction's emoji. */
  text: string | null;
  whatsapp_message_id: string;
  /** Their file, which `messages.media` downloads. */
  media: InboundMedia | null;
  /** WhatsApp's own object, for kinds without a field here. */
  content: Record<string, unknown> | null;
  error: null;
  media_url: null;
  filename: null;
  template: null;
}

/** A message; `direction` tells which kind. */
export type Message = OutboundMessage | InboundMessage;

/** The file of an inbound message. */
export interface InboundMedia {
  id: string;
  mime_type: string;
  filename: string | null;
  /** True for a voice note; null for what is not audio. */
  voice: boolean | null;
}

/** A template as it was sent: all values are texts. */
export interface SentTemplate {
  name: string;
  language: string;
  params?: string[] | {
    body?: string[] | Record<string, string>;
    headerText?: string;
    headerMediaUrl?: string;
    headerMediaId?: string;
    headerMediaType?: "image" | "video" | "document";
    buttonParams?: Record<string, string>;
  };
}

/** Which messages `messages.list` finds; all of these must hold. */
export interface MessageQuery {
  status?: OutboundStatus | "received" | undefined;
  direction?: "inbound" | "outbound" | undefined;
  /** Those sent to this person: a phone number in any spelling, or a WhatsApp user id. */
  to?: string | undefined;
  /** A time with an offset, such as "2026-11-22T19:00:00Z"; excluded itself. */
  created_after?: string | Date | undefined;
  created_before?: string | Date | undefined;
  /** How many entries a page has, 1 to 100; 50 if left out. */
  limit?: number | undefined;
  /** Begins after the page that named it. */
  cursor?: string | undefined;
}
