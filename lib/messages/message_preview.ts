/** The one line by which a conversation shows its last message. */
import type { MessageRequest } from "@/lib/messages/message_request.ts";

const MAX_LENGTH = 200;

/** The text or caption, cut; without one, the kind of message in brackets. */
export function messagePreview(request: Pick<MessageRequest, "message" | "text">): string {
  const { message, text } = request;
  if (text !== null && text !== "") return [...text].slice(0, MAX_LENGTH).join("");
  return message.type === "template" ? `[template ${message.template.name}]` : `[${message.type}]`;
}
