/**
 * The hourly counters that the overview is made of: messages by status, API requests, and durations by bucket (the key
 * list's are read in db/key_requests.ts). What the roll-up of messages has not taken yet is added, in the same statement, so figures are
 * current and nothing is counted twice. Hours are hours of UTC; everything is kept 400 days.
 */
import type { Sql } from "@/db/connect.ts";
import type { MessageStatus, StoredMessageError } from "@/db/messages.ts";

/** How many outbound messages that were created in a span of time have a status now. */
export interface StatusCount {
  /** Start of the span. */
  at: Date;
  status: MessageStatus;
  messages: number;
}

/** Counts outbound messages by status in spans of `hours` that begin at `since`. */
export async function countSentByStatus(
  sql: Sql,
  options: { accountId: string; since: Date; hours: number },
): Promise<StatusCount[]> {
  const { accountId, since, hours } = options;
  const rows = await sql<{ at: Date; status: MessageStatus; messages: string }[]>`
    select
      date_bin(make_interval(hours => ${hours}), hour, ${since}::timestamptz) as at,
      status,
      sum(messages) as messages
    from (
      select hour, status, messages
      from message_hours
      where account_id = ${accountId} and hour >= ${since} and direction = 'outbound'
      union all
      select message_created_at, part.status, part.change
      from message_changes
      cross join lateral (values (to_status, 1), (from_status, -1)) as part (status, change)
      where account_id = ${accountId}
        and message_created_at >= ${since}
        and direction = 'outbound'
        and part.status is not null
    ) counted
    group by 1, 2
    having sum(messages) <> 0
    order by 1, 2
  `;
  return rows.map((row) => ({ ...row, messages: Number(row.messages) }));
}

/** Counts API requests and, of them, the answers with a status of 400 and above. */
export async function countRequests(
  sql: Sql,
  options: { accountId: string; since: Date },
): Promise<{ requests: number; errors: number }> {
  const [row] = await sql<{ requests: string | null; errors: string | null }[]>`
    select sum(requests) as requests, sum(errors) as errors
    from request_hours
    where account_id = ${options.accountId} and hour >= ${options.since}
  `;
  return { requests: Number(row?.requests ?? 0), errors: Number(row?.errors ?? 0) };
}

/** How many API requests took how long, by bucket (see `latency_bucket` in the migrations), the quickest first. */
export async function countLatencies(
  sql: Sql,
  options: { accountId: string; since: Date },
): Promise<{ bucket: number; requests: number }[]> {
  const rows = await sql<{ bucket: number; requests: string }[]>`
    select bucket, sum(requests) as requests
    from latency_hours
    where account_id = ${options.accountId} and hour >= ${options.since}
    group by bucket
    order by bucket
  `;
  return rows.map((row) => ({ bucket: row.bucket, requests: Number(row.requests) }));
}

/** An outbound message that failed. */
export interface FailedMessage {
  id: string;
  recipient: string;
  error: StoredMessageError | null;
  created_at: Date;
  failed_at: Date | null;
}

/** The newest messages that failed, whatever the span. */
export async function listFailedMessages(
  sql: Sql,
  options: { accountId: string; limit: number },
): Promise<FailedMessage[]> {
  return await sql<FailedMessage[]>`
    select id, recipient, error, created_at, failed_at
    from messages
    where account_id = ${options.accountId} and status = 'failed' and status in ('unknown', 'failed')
    order by created_at desc, id desc
    limit ${options.limit}
  `;
}

/** How far a new account has come: whether it has a key that works, and whether Meta ever took a message of it. */
export async function findFirstSteps(
  sql: Sql,
  accountId: string,
): Promise<{ has_key: boolean; first_message_sent: boolean }> {
  // With an order, so that the first message is found by the index messages_by_kind: "exists" alone lets Postgres read the
  // table until it meets one.
  const hasMessage = (status: "read" | "delivered" | "sent") =>
    sql`exists (
      select
      from (
        select
        from messages
        where account_id = ${accountId} and status = ${status}
        order by type, created_at desc, id desc
        limit 1
      ) as first
    )`;
  const [row] = await sql<{ has_key: boolean; first_message_sent: boolean }[]>`
    select
      exists (
        select
        from api_keys
        where account_id = ${accountId}
          and revoked_at is null
          and (expires_at is null or expires_at > now())
      ) as has_key,
      ${hasMessage("read")} or ${hasMessage("delivered")} or ${hasMessage("sent")}
        as first_message_sent
  `;
  return row ?? { has_key: false, first_message_sent: false };
}

/** Deletes an account's counters that are older than 400 days, at most `limit` rows of each kind. */
export async function deleteOldCounters(
  sql: Sql,
  options: { accountId: string; limit: number },
): Promise<number> {
  let most = 0;
  for (const table of ["message_hours", "request_hours", "latency_hours"]) {
    const result = await sql`
      delete from ${sql(table)}
      where ctid in (
        select ctid
        from ${sql(table)}
        where account_id = ${options.accountId} and hour < now() - interval '400 days'
        order by hour
        limit ${options.limit}
        for update skip locked
      )
    `;
    most = Math.max(most, result.count);
  }
  return most;
}
