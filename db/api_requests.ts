/**
 * The request log: one row per authenticated API request, inserted in batches and kept 30 days or as the account says, and the hourly counters
 * made from it. It holds no body, no URL and no full phone number. How it is searched is in db/request_log.ts.
 */
import type { Sql } from "@/db/connect.ts";

/** Stands for requests without a key among the counters and in the indexes. */
export const NO_KEY = "00000000-0000-0000-0000-000000000000";

/** One request as it is stored. */
export interface ApiRequestRow {
  account_id: string;
  id: string;
  api_key_id: string | null;
  request_id: string;
  method: string;
  route: string;
  status: number;
  error_code: string | null;
  error_message: string | null;
  duration_ms: number;
  message_id: string | null;
  recipient_masked: string | null;
  created_at: Date;
}

/**
 * Stores a batch and counts it, in one statement. Rows that are there already (a repeated batch) are left, and are not
 * counted again.
 */
export async function insertApiRequests(sql: Sql, rows: ApiRequestRow[]): Promise<void> {
  if (rows.length === 0) return;
  // The counters are written in one order everywhere, so that instances do not wait for each other in a circle.
  await sql`
    with stored as (
      insert into api_requests ${sql(rows)}
      on conflict do nothing
      returning account_id, api_key_id, status, duration_ms, created_at
    ),
    counted as (
      insert into request_hours as h (account_id, hour, api_key_id, requests, errors)
      select
        account_id, date_trunc('hour', created_at, 'UTC'), coalesce(api_key_id, ${NO_KEY}::uuid),
        count(*), count(*) filter (where status >= 400)
      from stored
      group by 1, 2, 3
      order by 1, 2, 3
      on conflict (account_id, hour, api_key_id) do update
        set requests = h.requests + excluded.requests, errors = h.errors + excluded.errors
    )
    insert into latency_hours as h (account_id, hour, bucket, requests)
    select account_id, date_trunc('hour', created_at, 'UTC'), latency_bucket(duration_ms), count(*)
    from stored
    group by 1, 2, 3
    order by 1, 2, 3
    on conflict (account_id, hour, bucket) do update
      set requests = h.requests + excluded.requests
  `;
}

/** Deletes an account's requests that are older than `days`, at most `limit` of them. */
export async function deleteOldApiRequests(
  sql: Sql,
  options: { accountId: string; days: number; limit: number },
): Promise<number> {
  const result = await sql`
    delete from api_requests
    where account_id = ${options.accountId}
      and id in (
        select id
        from api_requests
        where account_id = ${options.accountId}
          and created_at < now() - make_interval(days => ${options.days}::int)
        order by created_at
        limit ${options.limit}
      )
  `;
  return result.count;
}
