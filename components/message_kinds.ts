/**
 * The kinds of message in words and icons, and the one line by which a list shows a message. Kinds are Meta's own names;
 * one that is not in the table is shown by its name.
 */
import {
  ContactIcon,
  FileIcon,
  HelpIcon,
  type Icon,
  ImageIcon,
  InfoIcon,
  ListIcon,
  MapPinIcon,
  MessageIcon,
  MusicIcon,
  ReplyIcon,
  SmileIcon,
  StickerIcon,
  VideoIcon,
} from "./icons.ts";

/** How a kind is shown. */
export interface MessageKind {
  label: string;
  icon: Icon;
}

/** The kinds that are known, in the order in which a list offers them. */
export const MESSAGE_KINDS: Readonly<Record<string, MessageKind>> = {
  text: { label: "Text", icon: MessageIcon },
  template: { label: "Template", icon: FileIcon },
  image: { label: "Image", icon: ImageIcon },
  video: { label: "Video", icon: VideoIcon },
  document: { label: "Document", icon: FileIcon },
  audio: { label: "Audio", icon: MusicIcon },
  sticker: { label: "Sticker", icon: StickerIcon },
  reaction: { label: "Reaction", icon: SmileIcon },
  location: { label: "Location", icon: MapPinIcon },
  contacts: { label: "Contact card", icon: ContactIcon },
  button: { label: "Button answer", icon: ReplyIcon },
  interactive: { label: "Choice", icon: ListIcon },
  order: { label: "Order", icon: ListIcon },
  system: { label: "Notice of WhatsApp", icon: InfoIcon },
  unsupported: { label: "Unsupported", icon: HelpIcon },
};

/** The kind of a type. */
export function messageKind(type: string): MessageKind {
  return Object.hasOwn(MESSAGE_KINDS, type) ? MESSAGE_KINDS[type] ?? unknown(type) : unknown(type);
}

/** What a list shows of a message. */
export interface SummarizedMessage {
  type: string;
  body: string | null;
  template_name: string | null;
  filename?: string | null;
  revoked_at: Date | null;
}

/** One line: the text, else what there is instead of one. */
export function summarizeMessage(message: SummarizedMessage): string {
  const { type, body, template_name: template, filename, revoked_at: revokedAt } = message;
  if (revokedAt !== null) return "Deleted by its sender";
  const hasText = body !== null && body.trim() !== "";
  if (type === "reaction") return hasText ? `Reacted with ${body}` : "Took a reaction back";
  if (hasText) return body;
  return template ?? filename ?? messageKind(type).label;
}

function unknown(type: string): MessageKind {
  return { label: type, icon: HelpIcon };
}
