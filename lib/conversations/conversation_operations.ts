/** The operations on conversations, as their routes go by them and the OpenAPI document describes them. */
import { defineOperation, item, page } from "@/lib/api/operation.ts";
import { CONTACT_EXAMPLE } from "@/lib/contacts/contact_operations.ts";
import { conversationSchema } from "@/lib/conversations/conversation_schema.ts";
import { conversationQuerySchema } from "@/lib/conversations/list_conversations.ts";

const CONVERSATION_EXAMPLE = {
  id: "01a2049d-e235-738c-b85a-e7b7dfa905b1",
  contact_id: CONTACT_EXAMPLE.id,
  status: "open",
  last_message_text: "Is this the one?",
  last_message_at: "2026-11-22T19:02:26.000Z",
  unread_count: 1,
  window: { open: true, expires_at: "2026-11-23T19:02:26.000Z" },
  created_at: "2026-11-22T19:00:00.123Z",
  updated_at: "2026-11-22T19:02:26.789Z",
  contact: CONTACT_EXAMPLE,
};

/** `GET /api/v1/conversations` */
export const listConversationsOperation = defineOperation({
  id: "listConversations",
  method: "GET",
  path: "/api/v1/conversations",
  tag: "Conversations",
  summary: "List conversations",
  description: "Conversations, each with its contact, the newest first.",
  scope: "conversations:read",
  query: conversationQuerySchema,
  content: page(conversationSchema),
  answers: { 200: { description: "A page of conversations", example: [CONVERSATION_EXAMPLE] } },
});

/** `GET /api/v1/conversations/{id}` */
export const getConversationOperation = defineOperation({
  id: "getConversation",
  method: "GET",
  path: "/api/v1/conversations/{id}",
  tag: "Conversations",
  summary: "Get a conversation",
  description:
    "One conversation with its contact. `window` says whether more than templates is delivered to them now.",
  scope: "conversations:read",
  pathParameters: { id: "The id of a conversation" },
  content: item(conversationSchema),
  answers: { 200: { description: "The conversation", example: CONVERSATION_EXAMPLE } },
});
