/**
 * Inbound messages, and what changes them, in the database: typed calls of the SQL functions in
 * db/migrations/0007_inbound.sql, each one transaction together with the note that its event is done.
 */
import type postgres from "postgres";
import type { Sql } from "@/db/connect.ts";

/** An event that is being applied. */
export interface EventRef {
  accountId: string;
  eventId: string;
}

/** An inbound message to store; the ids are new ones of the caller's. */
export interface NewInboundMessage extends EventRef {
  messageId: string;
  contactId: string;
  conversationId: string;
  waId: string | null;
  bsuid: string | null;
  username: string | null;
  profileName: string | null;
  newWaId: string | null;
  newBsuid: string | null;
  businessNumber: string;
  type: string;
  body: string | null;
  media: object | null;
  content: object | null;
  preview: string;
  wamid: string;
  targetWamid: string | null;
  /** Whether to wait for that message if it is not there yet. */
  waitsForTarget: boolean;
  at: Date;
  /** False for system messages: they neither open the conversation nor count as unread. */
  byPerson: boolean;
}

/** Stores a message; "unmatched" when it waits for another, "done" when another process has applied the event. */
export async function applyMessage(
  sql: Sql,
  message: NewInboundMessage,
): Promise<"processed" | "unmatched" | "done"> {
  const [row] = await sql<{ outcome: "processed" | "unmatched" | "done" }[]>`
    select apply_message(
      ${message.accountId}, ${message.eventId}, ${message.messageId}, ${message.contactId},
      ${message.conversationId}, ${message.waId}, ${message.bsuid}, ${message.username},
      ${message.profileName}, ${message.newWaId}, ${message.newBsuid}, ${message.businessNumber},
      ${message.type}, ${message.body}, ${json(sql, message.media)}, ${json(sql, message.content)},
      ${message.preview}, ${message.wamid}, ${message.targetWamid}, ${message.waitsForTarget},
      ${message.at}, ${message.byPerson}
    ) as outcome
  `;
  return row?.outcome ?? "done";
}

/** An edit (`editedAt`) or a revocation (`revokedAt`) of an inbound message. */
export interface MessageChange extends EventRef {
  targetWamid: string;
  body: string | null;
  media: object | null;
  content: object | null;
  editedAt: Date | null;
  revokedAt: Date | null;
}

/** Applies it; "unmatched" when the message is not there (yet). */
export async function applyMessageChange(
  sql: Sql,
  change: MessageChange,
): Promise<"processed" | "unmatched" | "done"> {
  const [row] = await sql<{ outcome: "processed" | "unmatched" | "done" }[]>`
    select apply_message_change(
      ${change.accountId}, ${change.eventId}, ${change.targetWamid}, ${change.body},
      ${json(sql, change.media)}, ${
    json(sql, change.content)
  }, ${change.editedAt}, ${change.revokedAt}
    ) as outcome
  `;
  return row?.outcome ?? "done";
}

/** Applies a change of a person's business-scoped user id. */
export async function applyUserIdUpdate(
  sql: Sql,
  update: EventRef & {
    waId: string | null;
    previousBsuid: string | null;
    currentBsuid: string;
    at: Date;
  },
): Promise<"processed" | "done"> {
  const [row] = await sql<{ outcome: "processed" | "done" }[]>`
    select apply_user_id_update(
      ${update.accountId}, ${update.eventId}, ${update.waId}, ${update.previousBsuid},
      ${update.currentBsuid}, ${update.at}
    ) as outcome
  `;
  return row?.outcome ?? "done";
}

function json(sql: Sql, value: object | null): postgres.Parameter | null {
  return value === null ? null : sql.json(value as postgres.JSONValue);
}
