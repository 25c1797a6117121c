/**
 * A client for the Messages API, for Deno, Node and Bun, without dependencies. Start with {@link MessagesClient}.
 */
export { type ClientOptions, MessagesClient } from "./client.ts";
export type { CallOptions, SendOptions } from "./call_options.ts";
export type {
  ApiResult,
  CreatedContact,
  ListPage,
  RateLimit,
  SendResult,
  Warning,
  WarningCode,
} from "./results.ts";
export {
  type ConnectionFailure,
  type ErrorCode,
  type ErrorDetails,
  type Issue,
  MessagesApiError,
  MessagesConnectionError,
  MessagesError,
  type MetaErrorDetails,
} from "./errors.ts";
export type { List } from "./list.ts";
export type { MediaFile } from "./media_file.ts";
export type {
  MediaInput,
  SendInput,
  TemplateContent,
  TemplateInput,
  TemplateParams,
  TemplateValue,
  TextInput,
} from "./send_input.ts";
export type {
  InboundMedia,
  InboundMessage,
  Message,
  MessageError,
  MessageQuery,
  OutboundMediaMessage,
  OutboundMessage,
  OutboundStatus,
  OutboundTemplateMessage,
  OutboundTextMessage,
  SentMessage,
  SentTemplate,
} from "./message.ts";
export type { Contact, ContactChanges, ContactQuery, Erasure, NewContact } from "./contact.ts";
export type { Conversation, ConversationQuery, ConversationStatus } from "./conversation.ts";
export type { Me, Scope } from "./me.ts";
export type { ContactsApi } from "./contacts_api.ts";
export type { ConversationsApi } from "./conversations_api.ts";
export type { MessagesApi } from "./messages_api.ts";
