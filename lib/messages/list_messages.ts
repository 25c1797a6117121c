/**
 * The two lists of messages, those of an account and those of a conversation: their query parameters and what they
 * find. A person is looked for as a send would, so that every spelling of a number finds the same messages.
 */
import { z } from "zod";
import type { Sql } from "@/db/connect.ts";
import { findConversationIdByIdentity } from "@/db/conversations.ts";
import { bounded } from "@/db/errors.ts";
import { ALL_MESSAGES, listMessages, type MessageFilter } from "@/db/message_lists.ts";
import type { MessageRow } from "@/db/messages.ts";
import type { Warning } from "@/lib/api/envelope.ts";
import { READ_TIMEOUT_MS } from "@/lib/api/limits.ts";
import {
  type ListOfAccount,
  type Page,
  PAGE_FIELDS,
  toPage,
  toPageRequest,
} from "@/lib/api/pagination.ts";
import { parseQuery, timeParameter } from "@/lib/api/query.ts";
import { identityWarnings, personParameter, toIdentity } from "@/lib/contacts/identity_fields.ts";
import { STATUS_ORDER } from "@/lib/messages/status.ts";

/** The query of `GET /api/v1/messages`. */
export const messageQuerySchema = z.strictObject({
  ...PAGE_FIELDS,
  status: z.enum([...STATUS_ORDER, "received"]).optional().describe("Those in this state"),
  direction: z.enum(["inbound", "outbound"]).optional().describe("Received or sent ones"),
  to: personParameter.optional().describe(
    "Those sent to this person: a phone number in any spelling, or a WhatsApp user id (BSUID)",
  ),
  created_after: timeParameter.optional().describe("Those created after this time"),
  created_before: timeParameter.optional().describe("Those created before this time"),
});

/** The query of `GET /api/v1/conversations/{id}/messages`. */
export const conversationMessageQuerySchema = z.strictObject(PAGE_FIELDS);

/**
 * A page of an account's messages.
 *
 * @throws ApiError bad_request
 */
export async function findMessages(
  sql: Sql,
  options: { accountId: string; params: URLSearchParams },
): Promise<Page<MessageRow> & { warnings: Warning[] }> {
  const { accountId } = options;
  const list: ListOfAccount = { list: "messages", accountId };
  const query = parseQuery(options.params, messageQuerySchema);
  const page = toPageRequest(query, list);
  const filter = await toFilter(sql, { accountId, query });
  const rows = filter === null
    ? []
    : await bounded(listMessages(sql, { accountId, filter, page }), READ_TIMEOUT_MS);
  return {
    ...toPage(rows, { limit: page.limit, list }),
    warnings: query.to === undefined ? [] : identityWarnings(query.to),
  };
}

/**
 * A page of a conversation's messages, in both directions.
 *
 * @throws ApiError bad_request
 */
export async function findConversationMessages(
  sql: Sql,
  options: { accountId: string; conversationId: string; params: URLSearchParams },
): Promise<Page<MessageRow>> {
  const { accountId, conversationId } = options;
  const list: ListOfAccount = { list: "conversation_messages", accountId };
  const query = parseQuery(options.params, conversationMessageQuerySchema);
  const page = toPageRequest(query, list);
  const filter = { ...ALL_MESSAGES, conversationId };
  const rows = await bounded(listMessages(sql, { accountId, filter, page }), READ_TIMEOUT_MS);
  return toPage(rows, { limit: page.limit, list });
}

/** Null: no message can match, so the database need not be asked. */
async function toFilter(
  sql: Sql,
  options: { accountId: string; query: z.output<typeof messageQuerySchema> },
): Promise<MessageFilter | null> {
  const { accountId, query } = options;
  const direction = directionOf(query);
  if (direction === "none") return null;
  let conversationId: string | null = null;
  if (query.to !== undefined) {
    conversationId = await bounded(
      findConversationIdByIdentity(sql, { accountId, ...toIdentity(query.to) }),
      READ_TIMEOUT_MS,
    );
    if (conversationId === null) return null;
  }
  // Direction and state say the same twice: the planner would take that for a rarer thing than it is.
  const status = query.status === undefined || query.status === "received" ? null : query.status;
  return {
    conversationId,
    direction: status === null ? direction : null,
    status,
    createdAfter: query.created_after ?? null,
    createdBefore: query.created_before ?? null,
  };
}

/** Inbound messages are sent to the business, and "received" is their one state; "none" where that contradicts. */
function directionOf(
  query: z.output<typeof messageQuerySchema>,
): MessageFilter["direction"] | "none" {
  const wanted = new Set(query.direction === undefined ? [] : [query.direction]);
  if (query.to !== undefined) wanted.add("outbound");
  if (query.status !== undefined) wanted.add(query.status === "received" ? "inbound" : "outbound");
  const [direction = null] = wanted;
  return wanted.size > 1 ? "none" : direction;
}
