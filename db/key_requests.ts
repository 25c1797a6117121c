/** The latest requests of one API key, from the request log, which is written a little after the answer. */
import type { Sql } from "@/db/connect.ts";
import { ALL_REQUESTS, listRequests } from "@/db/request_log.ts";

/** One request in short. */
export interface KeyRequestRow {
  id: string;
  method: string;
  route: string;
  status: number;
  error_code: string | null;
  created_at: Date;
}

/** The newest requests of a key, at most `limit`. */
export async function listKeyRequests(
  sql: Sql,
  options: { accountId: string; keyId: string; limit: number },
): Promise<KeyRequestRow[]> {
  const filter = { ...ALL_REQUESTS, apiKeyId: options.keyId };
  const rows = await listRequests(sql, { accountId: options.accountId, filter, from: null });
  return rows.slice(0, options.limit);
}

/** How many requests each key of an account made in the last 24 hours, by the key's id; to the hour. */
export async function requestsInLast24h(
  sql: Sql,
  options: { accountId: string },
): Promise<Map<string, number>> {
  const rows = await sql<{ api_key_id: string; requests: number }[]>`
    select api_key_id, sum(requests)::integer as requests
    from request_hours
    where account_id = ${options.accountId} and hour > now() - interval '24 hours'
    group by api_key_id
  `;
  return new Map(rows.map((row) => [row.api_key_id, row.requests]));
}
