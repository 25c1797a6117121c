/** Every operation of the API, in the order in which the document shows them. A new endpoint is added here. */
import type { Operation } from "@/lib/api/operation.ts";
import {
  createContactOperation,
  eraseContactOperation,
  getContactOperation,
  listContactsOperation,
  updateContactOperation,
} from "@/lib/contacts/contact_operations.ts";
import {
  getConversationOperation,
  listConversationsOperation,
} from "@/lib/conversations/conversation_operations.ts";
import { getMeOperation } from "@/lib/keys/me_operation.ts";
import {
  getMessageMediaOperation,
  getMessageOperation,
  listConversationMessagesOperation,
  listMessagesOperation,
  sendMessageOperation,
} from "@/lib/messages/message_operations.ts";
import { getOpenapiOperation } from "@/lib/openapi/openapi_operation.ts";

/** The table of endpoints. */
export const OPERATIONS: readonly Operation[] = [
  sendMessageOperation,
  listMessagesOperation,
  getMessageOperation,
  getMessageMediaOperation,
  listContactsOperation,
  createContactOperation,
  getContactOperation,
  updateContactOperation,
  eraseContactOperation,
  listConversationsOperation,
  getConversationOperation,
  listConversationMessagesOperation,
  getMeOperation,
  getOpenapiOperation,
];
