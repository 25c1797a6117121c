/**
 * A page of the request log, from its address: filters, place, and the ways on to newer and older requests. The query
 * is in db/request_log.ts; how it looks is the page's business.
 */
import { type ApiKeyRow, listApiKeys } from "@/db/api_keys.ts";
import type { Sql } from "@/db/connect.ts";
import { bounded } from "@/db/errors.ts";
import type { LogStart } from "@/db/message_log.ts";
import {
  listEndpoints,
  listRequests,
  REQUEST_PAGE_SIZE,
  type RequestLogFilter,
  type RequestLogRow,
} from "@/db/request_log.ts";
import { positionToText, readStart } from "@/lib/admin/list_position.ts";
import { parseRequestFilter, type RequestFilterValues } from "@/lib/admin/request_log_filter.ts";
import { READ_TIMEOUT_MS } from "@/lib/api/limits.ts";

/** What the page shows. */
export interface RequestLogView {
  values: RequestFilterValues;
  /** By the filter's name; with any, nothing was looked for. */
  errors: Partial<RequestFilterValues>;
  /** What the lists of the form offer. */
  choices: { endpoints: string[]; keys: Pick<ApiKeyRow, "id" | "name" | "prefix">[] };
  /** Whether these are the newest requests that match. */
  isNewest: boolean;
  rows: RequestLogRow[];
  /** The value of `after` for the page of newer requests. */
  newer: string | null;
  /** The value of `before` for the page of older requests. */
  older: string | null;
  /** Whether the account has any request at all; told only where there are no rows. */
  isLogEmpty: boolean;
}

/** Finds the page that an address names. */
export async function findRequestLog(
  sql: Sql,
  options: { accountId: string; params: URLSearchParams },
): Promise<RequestLogView> {
  const { accountId } = options;
  const { values, errors, filter } = parseRequestFilter(options.params);
  const from = readStart(options.params);
  const [endpoints, keys] = await bounded(
    Promise.all([listEndpoints(sql, accountId), listApiKeys(sql, accountId)]),
    READ_TIMEOUT_MS,
  );
  const view: RequestLogView = {
    values,
    errors,
    choices: {
      endpoints: endpoints.map(({ method, route }) => `${method} ${route}`),
      keys: keys.map(({ id, name, prefix }) => ({ id, name, prefix })),
    },
    isNewest: from === null,
    rows: [],
    newer: null,
    older: null,
    isLogEmpty: endpoints.length === 0,
  };
  if (Object.keys(errors).length > 0) return view;
  return { ...view, ...await readPage(sql, { accountId, filter, from }) };
}

async function readPage(
  sql: Sql,
  options: { accountId: string; filter: RequestLogFilter; from: LogStart | null },
): Promise<Pick<RequestLogView, "isNewest" | "rows" | "newer" | "older">> {
  const { from } = options;
  const found = await bounded(listRequests(sql, options), READ_TIMEOUT_MS);
  const isMore = found.length > REQUEST_PAGE_SIZE;
  const toNewer = from?.direction === "newer";
  // Whoever comes back to the top wants the newest requests, not a part of a page.
  if (toNewer && !isMore) return await readPage(sql, { ...options, from: null });
  const rows = toNewer ? found.slice(-REQUEST_PAGE_SIZE) : found.slice(0, REQUEST_PAGE_SIZE);
  const first = rows[0];
  const last = rows.at(-1);
  return {
    isNewest: from === null,
    rows,
    newer: from === null || first === undefined ? null : positionOf(first),
    older: last !== undefined && (toNewer || isMore) ? positionOf(last) : null,
  };
}

function positionOf(row: RequestLogRow): string {
  return positionToText({ createdAt: row.created_at, id: row.id });
}
