/** The operations on messages, as routes/api/v1/messages goes by them and the OpenAPI document describes them. */
import { defineOperation, type HeaderParameter, item, page } from "@/lib/api/operation.ts";
import {
  conversationMessageQuerySchema,
  messageQuerySchema,
} from "@/lib/messages/list_messages.ts";
import { messageRequestSchema } from "@/lib/messages/message_request.ts";
import { INBOUND_EXAMPLE, MESSAGE_EXAMPLE, SENT_EXAMPLE } from "@/lib/messages/message_examples.ts";
import { messageSchema, sentMessageSchema } from "@/lib/messages/message_schema.ts";

const IDEMPOTENCY_KEY: HeaderParameter = {
  name: "Idempotency-Key",
  description:
    "Makes a retry safe. For 24 hours, the same key with the same body never sends a second message: it answers as the " +
    "first request did, with `Idempotent-Replayed: true`. 1 to 255 visible ASCII characters, such as a UUID or the id " +
    "of your order.",
  schema: { type: "string", pattern: "^[\\x21-\\x7e]{1,255}$" },
  example: "order-1042-shipped",
};

const MESSAGE_ID = { id: "The id of a message, as `message_id` of a send" };

/** `POST /api/v1/messages` */
export const sendMessageOperation = defineOperation({
  id: "sendMessage",
  method: "POST",
  path: "/api/v1/messages",
  tag: "Messages",
  summary: "Send a message",
  description:
    "Sends a text, a template or media to a phone number. Finds or creates the contact and the conversation, and " +
    "answers when Meta has taken the message.\n\n" +
    "Which fields go together follows from `type`: `text` needs `text`; `template` needs `template`; `image`, " +
    "`video`, `document` and `audio` need `media_url`, with `text` as the caption. Fields that do not go with the type " +
    "are refused, unknown ones too; `null` means the same as leaving a field out.\n\n" +
    "Free text and media reach people who have written within the last 24 hours; templates reach everybody.\n\n" +
    "What Meta may or may not have taken is never sent again by the server: the answer is `outcome_unknown` then, and " +
    "the status of the message follows.",
  scope: "messages:send",
  headers: [IDEMPOTENCY_KEY],
  body: {
    schema: messageRequestSchema,
    examples: {
      text: { summary: "A text", value: { to: "+14155550123", text: "Your order is on its way" } },
      template: {
        summary: "A template with two variables",
        value: {
          to: "+14155550123",
          type: "template",
          template: { name: "order_shipped", language: "en_US", params: ["Ann", "1042"] },
        },
      },
      templateWithHeader: {
        summary: "A template with a document above and a button",
        value: {
          to: "+14155550123",
          type: "template",
          template: {
            name: "invoice_ready",
            language: "en_US",
            params: {
              headerMediaUrl: "https://example.com/invoices/1042.pdf",
              body: ["Ann", "1042"],
              buttonParams: { "0": "invoices/1042" },
            },
          },
        },
      },
      image: {
        summary: "An image with a caption",
        value: {
          to: "+14155550123",
          type: "image",
          media_url: "https://example.com/parcel.jpg",
          text: "Where we left it",
        },
      },
      document: {
        summary: "A document",
        value: {
          to: "+14155550123",
          type: "document",
          media_url: "https://example.com/invoices/1042.pdf",
          filename: "Invoice 1042.pdf",
        },
      },
      reply: {
        summary: "A reply to a message of the conversation",
        value: {
          to: "+14155550123",
          text: "Tomorrow at noon",
          reply_to_message_id: INBOUND_EXAMPLE.id,
        },
      },
    },
  },
  content: item(sentMessageSchema, {
    warnings: ["country_code_assumed", "caption_not_sent", "outside_service_window"],
  }),
  answers: {
    201: {
      description: "Meta has taken the message, now or at an earlier request with this key",
      headers: ["Idempotent-Replayed"],
      example: SENT_EXAMPLE,
    },
  },
  errors: [
    "whatsapp_not_configured",
    "idempotency_in_progress",
    { code: "outcome_unknown", status: 409 },
    "idempotency_mismatch",
    "meta_error",
    "meta_unavailable",
    "outcome_unknown",
  ],
});

/** `GET /api/v1/messages` */
export const listMessagesOperation = defineOperation({
  id: "listMessages",
  method: "GET",
  path: "/api/v1/messages",
  tag: "Messages",
  summary: "List messages",
  description: "Messages that were sent and received, the newest first.",
  scope: "messages:read",
  query: messageQuerySchema,
  content: page(messageSchema, { warnings: ["country_code_assumed"] }),
  answers: {
    200: { description: "A page of messages", example: [INBOUND_EXAMPLE, MESSAGE_EXAMPLE] },
  },
});

/** `GET /api/v1/messages/{id}` */
export const getMessageOperation = defineOperation({
  id: "getMessage",
  method: "GET",
  path: "/api/v1/messages/{id}",
  tag: "Messages",
  summary: "Get a message",
  description: "One message, with its status and the time of each step.",
  scope: "messages:read",
  pathParameters: MESSAGE_ID,
  content: item(messageSchema),
  answers: { 200: { description: "The message", example: MESSAGE_EXAMPLE } },
});

/** `GET /api/v1/messages/{id}/media` */
export const getMessageMediaOperation = defineOperation({
  id: "getMessageMedia",
  method: "GET",
  path: "/api/v1/messages/{id}/media",
  tag: "Messages",
  summary: "Get the file of a message",
  description:
    "The file of an inbound image, video, document, audio or sticker (its message has `media`), as it comes from " +
    "WhatsApp. Meta is asked for it anew each time, and keeps files for a few days only. `Content-Type` is what the " +
    "sender's phone said. A connection that breaks in the middle shows as a body shorter than `Content-Length`.",
  scope: "messages:read",
  pathParameters: { id: "The id of an inbound message that has `media`" },
  content: { kind: "file" },
  answers: {
    200: {
      description: "The file",
      headers: ["Content-Disposition", "Content-Length", "Cache-Control"],
    },
  },
  errors: ["whatsapp_not_configured", "meta_error", "meta_unavailable"],
});

/** `GET /api/v1/conversations/{id}/messages` */
export const listConversationMessagesOperation = defineOperation({
  id: "listConversationMessages",
  method: "GET",
  path: "/api/v1/conversations/{id}/messages",
  tag: "Conversations",
  summary: "List the messages of a conversation",
  description: "The messages of one conversation, sent and received, the newest first.",
  scope: "messages:read",
  pathParameters: { id: "The id of a conversation" },
  query: conversationMessageQuerySchema,
  content: page(messageSchema),
  answers: {
    200: { description: "A page of messages", example: [INBOUND_EXAMPLE, MESSAGE_EXAMPLE] },
  },
});
