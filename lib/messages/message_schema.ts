/** A message as the API shows it, and what a send answers: field by field. */
import { z } from "zod";
import { named, time } from "@/lib/api/response_schemas.ts";
import { STATUS_ORDER } from "@/lib/messages/status.ts";

const id = z.uuid();

const templateSchema = z.object({
  name: z.string(),
  language: z.string(),
  params: z.union([z.array(z.string()), z.record(z.string(), z.unknown())]).optional(),
});

const mediaSchema = z.object({
  id: z.string().describe("Meta's id of the file"),
  mime_type: z.string().describe("What the sender's phone says it is"),
  filename: z.string().nullable(),
  voice: z.boolean().nullable().describe("Whether it is a voice note; null for what is not audio"),
});

const failureSchema = z.object({
  code: z.int().nullable().describe("Meta's error code; null if Meta gave none"),
  title: z.string().nullable(),
  message: z.string(),
  hint: z.string().describe("What to do about it"),
});

/** A message. */
export const messageSchema = named(
  "Message",
  z.object({
    id: id.describe("The message's id here"),
    conversation_id: id,
    contact_id: id,
    direction: z.enum(["inbound", "outbound"]).describe("Received or sent"),
    type: z.string().describe(
      "Outbound: `text`, `template`, `image`, `video`, `document` or `audio`. Inbound also `sticker`, `reaction`, " +
        "`location`, `interactive` and whatever else WhatsApp has",
    ),
    status: z.enum([...STATUS_ORDER, "received"]).describe(
      "Outbound: the highest that was reached of `pending`, `unknown` (Meta may or may not have taken it; its webhook " +
        "settles that), `sent`, `failed`, `delivered`, `read`. Inbound: `received`",
    ),
    to: z.string().describe(
      "Outbound: the recipient, a phone number in E.164 or a WhatsApp user id. Inbound: the number of the business",
    ),
    text: z.string().nullable().describe(
      "The text, the caption of media, or the emoji of a reaction",
    ),
    media_url: z.string().nullable().describe("Outbound media: the URL that it was sent from"),
    filename: z.string().nullable().describe("Outbound: the name the document is shown with"),
    template: templateSchema.nullable().describe("Outbound templates: what was sent"),
    reply_to_message_id: id.nullable().describe(
      "The message that this one answers; of a reaction, the message it belongs to",
    ),
    whatsapp_message_id: z.string().nullable().describe("WhatsApp's id, as in its webhooks"),
    error: failureSchema.nullable().describe("Why it failed, or why its outcome is unknown"),
    from: z.string().nullable().describe(
      "Inbound: who wrote, a phone number in E.164 or a WhatsApp user id",
    ),
    media: mediaSchema.nullable().describe(
      "Inbound files; `GET /api/v1/messages/{id}/media` has the bytes",
    ),
    content: z.record(z.string(), z.unknown()).nullable().describe(
      "Inbound, for kinds without a field here: Meta's own object",
    ),
    edited_at: time.nullable().describe("When the sender changed it last"),
    revoked_at: time.nullable().describe("When the sender deleted it"),
    created_at: time,
    sent_at: time.nullable().describe("When Meta took it"),
    delivered_at: time.nullable(),
    read_at: time.nullable(),
    failed_at: time.nullable(),
  }).describe("A message, sent or received. Every field is present; what does not apply is null."),
);

/** A message, its times as dates. */
export type Message = z.output<typeof messageSchema>;

/** What a successful send answers. */
export const sentMessageSchema = named(
  "SentMessage",
  z.object({
    message_id: id.describe("The message's id here; `GET /api/v1/messages/{id}` tells its status"),
    whatsapp_message_id: z.string().describe("WhatsApp's id, as in its webhooks"),
    conversation_id: id,
    contact_id: id,
    contact_created: z.boolean().describe("Whether this request created the contact"),
  }).describe("The ids of a message that Meta has taken."),
);
