/**
 * A page of a conversation as people read it: the oldest message at the top, a line where a day begins, quotes and
 * reactions at their messages. Days are days in UTC.
 */
import type { Sql } from "@/db/connect.ts";
import { bounded } from "@/db/errors.ts";
import type { LogStart } from "@/db/message_log.ts";
import type { MessageRow } from "@/db/messages.ts";
import {
  listQuotedMessages,
  listReactions,
  listThreadMessages,
  type QuotedMessage,
  type Reaction,
  THREAD_PAGE_SIZE,
} from "@/db/thread_messages.ts";
import { positionToText, readStart } from "@/lib/admin/list_position.ts";
import { READ_TIMEOUT_MS } from "@/lib/api/limits.ts";

/** A message with what stands at it. */
export interface ThreadMessage {
  message: MessageRow;
  /** The message that it answers; null also when that one is not in the conversation. */
  quoted: QuotedMessage | null;
  /** The emojis of those who react, one each. */
  reactions: string[];
  /** The day, such as "2026-11-22", if the message is the first of it on the page. */
  startsDay: string | null;
}

/** What the page shows of the messages. */
export interface ThreadView {
  /** The oldest first. */
  messages: ThreadMessage[];
  isNewest: boolean;
  /** The value of `before` for older messages. */
  older: string | null;
  /** The value of `after` for newer messages. */
  newer: string | null;
}

/** Finds the page that an address names. */
export async function findThread(
  sql: Sql,
  options: { accountId: string; conversationId: string; params: URLSearchParams },
): Promise<ThreadView> {
  const { accountId, conversationId } = options;
  const from = readStart(options.params);
  const rows = await bounded(
    listThreadMessages(sql, { accountId, conversationId, from }),
    READ_TIMEOUT_MS,
  );
  const isWhole = rows.length > THREAD_PAGE_SIZE;
  if (from?.direction === "newer" && !isWhole) {
    return await findThread(sql, { ...options, params: new URLSearchParams() });
  }
  const page = from?.direction === "newer"
    ? rows.slice(-THREAD_PAGE_SIZE)
    : rows.slice(0, THREAD_PAGE_SIZE);
  const messages = await addContext(sql, { accountId, conversationId, page });
  return { messages, ...waysOn(page, { from, isWhole }) };
}

function waysOn(
  page: MessageRow[],
  { from, isWhole }: { from: LogStart | null; isWhole: boolean },
): Omit<ThreadView, "messages"> {
  const [first] = page;
  const last = page.at(-1);
  const start = from === null ? null : positionToText(from.position);
  return {
    isNewest: from === null,
    older: (from?.direction === "newer" || isWhole) && last !== undefined ? positionOf(last) : null,
    newer: from === null ? null : first === undefined ? start : positionOf(first),
  };
}

async function addContext(
  sql: Sql,
  { accountId, conversationId, page }: {
    accountId: string;
    conversationId: string;
    page: MessageRow[];
  },
): Promise<ThreadMessage[]> {
  const oldest = page.at(-1);
  if (oldest === undefined) return [];
  const targets = page.flatMap(({ reply_to_message_id: target }) => target ?? []);
  const [quotes, reactions] = await bounded(
    Promise.all([
      listQuotedMessages(sql, { accountId, conversationId, ids: [...new Set(targets)] }),
      listReactions(sql, {
        accountId,
        conversationId,
        ids: page.map(({ id }) => id),
        since: oldest.created_at,
      }),
    ]),
    READ_TIMEOUT_MS,
  );
  const quotesById = new Map(quotes.map((quote) => [quote.id, quote]));
  const emojis = latestReactions(reactions);
  let day = "";
  return page.toReversed().map((message) => {
    const before = day;
    day = message.created_at.toISOString().slice(0, 10);
    return {
      message,
      quoted: quotesById.get(message.reply_to_message_id ?? "") ?? null,
      reactions: [...emojis.get(message.id)?.values() ?? []],
      startsDay: day === before ? null : day,
    };
  });
}

/** Each side has one reaction to a message, the latest; one without an emoji takes it back. */
function latestReactions(reactions: Reaction[]): Map<string, Map<string, string>> {
  const found = new Map<string, Map<string, string>>();
  for (const { reply_to_message_id: target, emoji, direction } of reactions) {
    const sides = found.get(target) ?? new Map<string, string>();
    found.set(target, sides);
    if (emoji === null || emoji === "") sides.delete(direction);
    else sides.set(direction, emoji);
  }
  return found;
}

function positionOf(row: MessageRow): string {
  return positionToText({ createdAt: row.created_at, id: row.id });
}
