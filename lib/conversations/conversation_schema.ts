/** A conversation as the API shows it, field by field. */
import { z } from "zod";
import { named, time } from "@/lib/api/response_schemas.ts";
import { contactSchema } from "@/lib/contacts/contact_schema.ts";

/** The states of a conversation. */
export const CONVERSATION_STATUSES = ["open", "pending", "closed"] as const;

const windowSchema = z.object({
  open: z.boolean().describe("Whether more than templates is delivered now"),
  expires_at: time.nullable().describe(
    "24 hours after the contact's last message; null if they have never written",
  ),
});

/** A conversation. */
export const conversationSchema = named(
  "Conversation",
  z.object({
    id: z.uuid(),
    contact_id: z.uuid(),
    status: z.enum(CONVERSATION_STATUSES).describe("A message of the contact sets it to `open`"),
    last_message_text: z.string().nullable().describe("The beginning of the last message"),
    last_message_at: time.nullable(),
    unread_count: z.int().describe("Inbound messages since the last outbound one"),
    window: windowSchema.describe("WhatsApp's customer service window"),
    created_at: time,
    updated_at: time,
    contact: contactSchema,
  }).describe("Everything that was written with one contact."),
);

/** A conversation, its times as dates. */
export type Conversation = z.output<typeof conversationSchema>;
