/**
 * Turns a message of ours into the body of Meta's `POST /{number}/messages`.
 * Input is trusted: the API's schema has validated it. Template components are
 * built in template_components.ts. Keys without a value are left out, because
 * Meta refuses properties it does not know and may refuse nulls.
 */
import {
  buildTemplate,
  type TemplateMessage,
  type TemplateObject,
} from "@/lib/meta/template_components.ts";

export type { TemplateMessage, TemplateParamsObject } from "@/lib/meta/template_components.ts";

/** The kinds of message that carry a file. */
export type MediaType = "image" | "video" | "document" | "audio";

/**
 * Who gets the message: a phone number as "+" and digits, or a BSUID, the
 * business-scoped user ID such as "US.13491208655302741918" that WhatsApp gives
 * instead of a hidden phone number.
 */
export type Recipient =
  | { kind: "phone"; phone: string }
  | { kind: "bsuid"; bsuid: string };

/** A message to send, one shape for each type. */
export type OutboundMessage =
  | { type: "text"; text: string }
  | { type: "image" | "video"; mediaUrl: string; caption?: string }
  | {
    type: "document";
    mediaUrl: string;
    caption?: string;
    filename?: string;
  }
  | { type: "audio"; mediaUrl: string }
  | { type: "template"; template: TemplateMessage };

/** A file by public URL; Meta fetches it after it has accepted the message. */
export interface MediaObject {
  link: string;
  caption?: string;
  filename?: string;
}

/** The JSON body of a send, in the key order it is written in. */
export interface SendPayload {
  messaging_product: "whatsapp";
  recipient_type: "individual";
  /** A phone number; exactly one of `to` and `recipient` is present. */
  to?: string;
  /** A BSUID. In `to`, Meta would accept it and silently drop the message. */
  recipient?: string;
  type: OutboundMessage["type"];
  context?: { message_id: string };
  /** Comes back in status webhooks, also when the HTTP answer was lost. */
  biz_opaque_callback_data: string;
  text?: { body: string };
  image?: MediaObject;
  video?: MediaObject;
  document?: MediaObject;
  audio?: MediaObject;
  template?: TemplateObject;
}

/**
 * Builds the request body for one message. `callbackData` (up to 512
 * characters) is the caller's own message id; `contextWamid` is the WhatsApp id
 * of the message that is replied to. Throws TypeError for a template with both
 * a header text and a header file.
 */
export function buildSendPayload(options: {
  recipient: Recipient;
  message: OutboundMessage;
  callbackData: string;
  contextWamid?: string;
}): SendPayload {
  const { recipient, message, callbackData, contextWamid } = options;
  return {
    messaging_product: "whatsapp",
    recipient_type: "individual",
    ...(recipient.kind === "phone" ? { to: recipient.phone } : { recipient: recipient.bsuid }),
    type: message.type,
    ...(contextWamid === undefined ? {} : { context: { message_id: contextWamid } }),
    biz_opaque_callback_data: callbackData,
    ...typeObject(message),
  };
}

function typeObject(
  message: OutboundMessage,
): Pick<
  SendPayload,
  "text" | "image" | "video" | "document" | "audio" | "template"
> {
  switch (message.type) {
    case "text":
      return { text: { body: message.text } };
    case "image":
      return { image: mediaObject(message) };
    case "video":
      return { video: mediaObject(message) };
    case "document":
      return { document: mediaObject(message) };
    case "audio":
      return { audio: { link: message.mediaUrl } };
    case "template":
      return { template: buildTemplate(message.template) };
  }
}

function mediaObject(
  media: { mediaUrl: string; caption?: string; filename?: string },
): MediaObject {
  return {
    link: media.mediaUrl,
    ...(media.caption ? { caption: media.caption } : {}),
    ...(media.filename ? { filename: media.filename } : {}),
  };
}
