/**
 * The request log of the admin pages: fifty requests by any choice of key, route, status, error code and dates, as quick
 * among a million rows as among a thousand. A choice of kinds is a choice of ranges of one index
 * (db/migrations/0011_changes_and_rollups.sql); a page is merged from the first rows of each range.
 */
import type postgres from "postgres";
import { type ApiRequestRow, NO_KEY } from "@/db/api_requests.ts";
import type { Sql } from "@/db/connect.ts";
import type { LogStart } from "@/db/message_log.ts";

/** Which requests are wanted; what is null is not asked for. */
export interface RequestLogFilter {
  /** "none": requests without a key, which people made in the admin UI. */
  apiKeyId: string | "none" | null;
  method: string | null;
  /** The route's pattern. */
  route: string | null;
  /** The lowest and the highest status. */
  statuses: { from: number; to: number } | null;
  errorCode: string | null;
  /** The id in X-Request-Id, wholly. */
  requestId: string | null;
  /** Those made at this time or later. */
  createdFrom: Date | null;
  /** Those made before this time. */
  createdBefore: Date | null;
}

/** The filter that leaves nothing out. */
export const ALL_REQUESTS: RequestLogFilter = {
  apiKeyId: null,
  method: null,
  route: null,
  statuses: null,
  errorCode: null,
  requestId: null,
  createdFrom: null,
  createdBefore: null,
};

/** A row of the log, with the name of its key. */
export interface RequestLogRow extends Omit<ApiRequestRow, "account_id"> {
  key_name: string | null;
  key_prefix: string | null;
}

/** How many requests a page has. */
export const REQUEST_PAGE_SIZE = 50;

// Written into the statements: a plan for any limit would be another one than for this.
const FIRST_ROWS = "limit 51";

interface Search {
  accountId: string;
  filter: RequestLogFilter;
  /** Null: the newest. */
  from: LogStart | null;
}

/** A page of an account's requests, the newest first; one more than a page has if there are more in its direction. */
export async function listRequests(sql: Sql, search: Search): Promise<RequestLogRow[]> {
  const order = orderOf(sql, search);
  const rows = await sql<RequestLogRow[]>`
    select ${columns(sql)}
    from (${findIds(sql, search)}) as found
    join api_requests as r on r.account_id = ${search.accountId} and r.id = found.id
    left join api_keys as k on k.account_id = r.account_id and k.id = r.api_key_id
    order by found.created_at ${order}, found.id ${order}
  `;
  return search.from?.direction === "newer" ? [...rows].reverse() : [...rows];
}

/** The methods and routes that an account has requests of, in order. */
export async function listEndpoints(
  sql: Sql,
  accountId: string,
): Promise<{ method: string; route: string }[]> {
  return await sql<{ method: string; route: string }[]>`
    with recursive endpoints as (
      (
        select method, route
        from api_requests
        where account_id = ${accountId}
        order by method, route
        limit 1
      )
      union all
      select next.*
      from endpoints
      cross join lateral (
        select method, route
        from api_requests
        where account_id = ${accountId} and (method, route) > (endpoints.method, endpoints.route)
        order by method, route
        limit 1
      ) as next
    )
    select method, route
    from endpoints
    order by route, method
    limit 200
  `;
}

/** One request of an account, or null. */
export async function findRequest(
  sql: Sql,
  options: { accountId: string; id: string },
): Promise<RequestLogRow | null> {
  const [row] = await sql<RequestLogRow[]>`
    select ${columns(sql)}
    from api_requests as r
    left join api_keys as k on k.account_id = r.account_id and k.id = r.api_key_id
    where r.account_id = ${options.accountId} and r.id = ${options.id}
  `;
  return row ?? null;
}

function columns(sql: Sql): postgres.Fragment {
  return sql`
    r.id, r.api_key_id, k.name as key_name, k.prefix as key_prefix, r.request_id, r.method, r.route, r.status,
    r.error_code, r.error_message, r.duration_ms, r.message_id, r.recipient_masked, r.created_at
  `;
}

function findIds(sql: Sql, search: Search): postgres.Fragment {
  const { filter } = search;
  if (filter.requestId !== null) return findByRequestId(sql, search);
  const byKind = [filter.apiKeyId, filter.method, filter.route, filter.statuses, filter.errorCode]
    .some((choice) => choice !== null);
  return byKind ? findByKind(sql, search) : findAny(sql, search);
}

/** Without a choice of kinds, all requests are one range. */
function findAny(sql: Sql, search: Search): postgres.Fragment {
  const order = orderOf(sql, search);
  return sql`
    select id, created_at
    from api_requests
    where account_id = ${search.accountId} ${inReach(sql, search)}
    order by created_at ${order}, id ${order}
    ${sql.unsafe(FIRST_ROWS)}
  `;
}

/** The kinds that there are, the first rows of each that is wanted, and of those the first. */
function findByKind(sql: Sql, search: Search): postgres.Fragment {
  const { accountId, filter } = search;
  const order = orderOf(sql, search);
  const ofKey = filter.apiKeyId === null ? sql`` : sql`
    and coalesce(api_key_id, ${sql.unsafe(`'${NO_KEY}'`)})
      = ${filter.apiKeyId === "none" ? NO_KEY : filter.apiKeyId}::uuid
  `;
  return sql`
    select entry.id, entry.created_at
    from (
      with recursive kinds as (
        (
          select method, route, status, coalesce(error_code, '') as error_code
          from api_requests
          where account_id = ${accountId} ${ofKey}
          order by method, route, status, coalesce(error_code, '')
          limit 1
        )
        union all
        -- From kind to kind: one look into the index for each, however many rows it has.
        select next.*
        from kinds
        cross join lateral (
          select method, route, status, coalesce(error_code, '') as error_code
          from api_requests
          where account_id = ${accountId} ${ofKey}
            and (method, route, status, coalesce(error_code, ''))
              > (kinds.method, kinds.route, kinds.status, kinds.error_code)
          order by method, route, status, coalesce(error_code, '')
          limit 1
        ) as next
      )
      select *
      from kinds
      where true ${ofKind(sql, filter)}
    ) as kind
    cross join lateral (
      select id, created_at
      from api_requests
      where account_id = ${accountId} ${ofKey}
        and method = kind.method
        and route = kind.route
        and status = kind.status
        and coalesce(error_code, '') = kind.error_code
        ${inReach(sql, search)}
      order by created_at ${order}, id ${order}
      ${sql.unsafe(FIRST_ROWS)}
    ) as entry
    order by entry.created_at ${order}, entry.id ${order}
    ${sql.unsafe(FIRST_ROWS)}
  `;
}

function ofKind(sql: Sql, filter: RequestLogFilter): postgres.Fragment[] {
  const { method, route, statuses, errorCode } = filter;
  return [
    method === null ? sql`` : sql`and method = ${method}`,
    route === null ? sql`` : sql`and route = ${route}`,
    statuses === null ? sql`` : sql`and status between ${statuses.from} and ${statuses.to}`,
    errorCode === null ? sql`` : sql`and error_code = ${errorCode}`,
  ];
}

/** A request id is its caller's choice: there may be several, or, of a careless caller, very many. */
function findByRequestId(sql: Sql, search: Search): postgres.Fragment {
  const { accountId, filter } = search;
  const order = orderOf(sql, search);
  const { apiKeyId } = filter;
  return sql`
    select id, created_at
    from (
      select id, created_at, api_key_id, method, route, status, coalesce(error_code, '') as error_code
      from api_requests
      where account_id = ${accountId} and request_id = ${filter.requestId} ${inReach(sql, search)}
      order by created_at ${order}, id ${order}
      limit 10000
    ) as scanned
    where true
      ${ofKind(sql, filter)}
      ${
    apiKeyId === null ? sql`` : sql`
        and api_key_id is not distinct from ${apiKeyId === "none" ? null : apiKeyId}::uuid
      `
  }
    order by created_at ${order}, id ${order}
    ${sql.unsafe(FIRST_ROWS)}
  `;
}

/** The dates, and where the page begins. */
function inReach(sql: Sql, { filter, from }: Search): postgres.Fragment[] {
  return [
    filter.createdFrom === null ? sql`` : sql`and created_at >= ${filter.createdFrom}`,
    filter.createdBefore === null ? sql`` : sql`and created_at < ${filter.createdBefore}`,
    from === null ? sql`` : sql`
      and (created_at, id) ${from.direction === "older" ? sql`<` : sql`>`}
        (${from.position.createdAt}::timestamptz, ${from.position.id}::uuid)
    `,
  ];
}

function orderOf(sql: Sql, { from }: Search): postgres.Fragment {
  return from?.direction === "newer" ? sql`asc` : sql`desc`;
}
