/**
 * A page of the message log, from its address: filters, place, and the ways on to newer and older messages. The query
 * is in db/message_log.ts; how it looks is the page's business.
 */
import type { Sql } from "@/db/connect.ts";
import { findConversationIdByIdentity } from "@/db/conversations.ts";
import { bounded } from "@/db/errors.ts";
import {
  listMessageLog,
  LOG_PAGE_SIZE,
  type LogStart,
  type MessageLogFilter,
  type MessageLogPage,
  type MessageLogRow,
} from "@/db/message_log.ts";
import { positionToText, readStart } from "@/lib/admin/list_position.ts";
import { type LogFilterValues, parseLogFilter } from "@/lib/admin/message_log_filter.ts";
import { READ_TIMEOUT_MS } from "@/lib/api/limits.ts";

/** What the page shows. */
export interface MessageLogView {
  values: LogFilterValues;
  /** By the filter's name; with any, nothing was looked for. */
  errors: Partial<LogFilterValues>;
  /** Whether any filter is set. */
  isFiltered: boolean;
  /** Whether these are the newest messages that match. */
  isNewest: boolean;
  rows: MessageLogRow[];
  /** The value of `after` for the page of newer messages. */
  newer: string | null;
  /** The value of `before` for the page of older messages. */
  older: string | null;
  /** Set when the search stopped before it had found a whole page: how far back it looked. */
  searchedTo: Date | null;
  /** Whether the account has any message at all; told only where there are no rows. */
  isLogEmpty: boolean;
}

/** Finds the page that an address names. */
export async function findMessageLog(
  sql: Sql,
  options: { accountId: string; params: URLSearchParams },
): Promise<MessageLogView> {
  const { accountId } = options;
  const { values, errors, filter: choice, identity } = parseLogFilter(options.params);
  const from = readStart(options.params);
  const view: MessageLogView = {
    values,
    errors,
    isFiltered: Object.values(values).some((value) => value !== ""),
    isNewest: from === null,
    rows: [],
    newer: null,
    older: null,
    searchedTo: null,
    isLogEmpty: false,
  };
  if (Object.keys(errors).length > 0) return view;
  const conversationId = identity === null ? null : await bounded(
    findConversationIdByIdentity(sql, { accountId, ...identity }),
    READ_TIMEOUT_MS,
  );
  if (identity !== null && conversationId === null) return view;
  const filter = { ...choice, conversationId };
  const found = { ...view, ...await readPage(sql, { accountId, filter, from }) };
  if (found.rows.length > 0) return found;
  return { ...found, isLogEmpty: await isEmpty(sql, accountId) };
}

type Paging = Pick<MessageLogView, "isNewest" | "rows" | "newer" | "older" | "searchedTo">;

async function readPage(
  sql: Sql,
  options: { accountId: string; filter: MessageLogFilter; from: LogStart | null },
): Promise<Paging> {
  const { from } = options;
  const page = await bounded(listMessageLog(sql, options), READ_TIMEOUT_MS);
  const isWhole = page.rows.length > LOG_PAGE_SIZE;
  // Whoever comes back to the top wants the newest messages, not a part of a page.
  if (from?.direction === "newer" && !isWhole && page.searchedTo === null) {
    return await readPage(sql, { ...options, from: null });
  }
  return toPaging(page, { from, isWhole });
}

function toPaging(
  page: MessageLogPage,
  { from, isWhole }: { from: LogStart | null; isWhole: boolean },
): Paging {
  const toNewer = from?.direction === "newer";
  const rows = toNewer ? page.rows.slice(-LOG_PAGE_SIZE) : page.rows.slice(0, LOG_PAGE_SIZE);
  const first = rows[0];
  const last = rows.at(-1);
  const stoppedAt = page.searchedTo === null ? null : positionToText(page.searchedTo);
  const start = from === null ? null : positionToText(from.position);
  const firstPlace = first === undefined ? start : positionOf(first);
  const lastPlace = last === undefined ? start : positionOf(last);
  return {
    isNewest: from === null,
    rows,
    newer: toNewer ? stoppedAt ?? firstPlace : from === null ? null : firstPlace,
    older: toNewer ? lastPlace : isWhole ? lastPlace : stoppedAt,
    searchedTo: page.searchedTo?.createdAt ?? null,
  };
}

function positionOf(row: MessageLogRow): string {
  return positionToText({ createdAt: row.created_at, id: row.id });
}

const EVERYTHING: MessageLogFilter = {
  conversationId: null,
  direction: null,
  status: null,
  type: null,
  errorCode: null,
  createdFrom: null,
  createdBefore: null,
};

async function isEmpty(sql: Sql, accountId: string): Promise<boolean> {
  const page = await bounded(
    listMessageLog(sql, { accountId, filter: EVERYTHING, from: null }),
    READ_TIMEOUT_MS,
  );
  return page.rows.length === 0;
}
