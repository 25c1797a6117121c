/**
 * How long an account keeps what, and the deletion of what is older: of each kind a bounded batch by an index. Counters
 * (db/stats.ts) have a life of their own and stay true.
 */
import type { Sql, TransactionSql } from "@/db/connect.ts";

/** Days; null: for ever. */
export interface Retention {
  message_days: number | null;
  event_days: number;
  request_days: number;
  audit_days: number | null;
}

/** What has no row in `retention_settings`. */
export const DEFAULT_RETENTION: Retention = {
  message_days: null,
  event_days: 30,
  request_days: 30,
  audit_days: null,
};

/** How many rows are older than a retention keeps; each at most `COUNT_LIMIT`. */
export type ExpiredCounts = Record<"messages" | "events" | "requests" | "audit", number>;

/** Counting stops here: it is for people, and must not read a whole table. */
export const COUNT_LIMIT = 100_000;

/** The retention of a live account. */
export async function findRetention(
  sql: Sql | TransactionSql,
  liveAccountId: string,
): Promise<Retention> {
  const [row] = await sql<Retention[]>`
    select message_days, event_days, request_days, audit_days
    from retention_settings
    where account_id = ${liveAccountId}
  `;
  return row ?? DEFAULT_RETENTION;
}

/** Stores the retention of a live account. */
export async function saveRetention(
  sql: Sql | TransactionSql,
  options: { liveAccountId: string; retention: Retention },
): Promise<void> {
  const { retention } = options;
  await sql`
    insert into retention_settings (account_id, message_days, event_days, request_days, audit_days)
    values (
      ${options.liveAccountId}, ${retention.message_days}, ${retention.event_days}, ${retention.request_days},
      ${retention.audit_days}
    )
    on conflict (account_id) do update
      set message_days = excluded.message_days,
        event_days = excluded.event_days,
        request_days = excluded.request_days,
        audit_days = excluded.audit_days,
        updated_at = now()
  `;
}

/** Every account, test twins included, with the retention that holds for it. */
export async function listRetentions(sql: Sql): Promise<(Retention & { account_id: string })[]> {
  const rows = await sql<({ account_id: string } & Partial<Retention> & { is_set: boolean })[]>`
    select
      a.id as account_id, s.account_id is not null as is_set, s.message_days, s.event_days, s.request_days,
      s.audit_days
    from accounts a
    left join retention_settings s on s.account_id = coalesce(a.live_account_id, a.id)
    order by a.id
    limit 10000
  `;
  return rows.map(({ account_id, is_set, ...settings }) => ({
    ...DEFAULT_RETENTION,
    ...(is_set ? settings : {}),
    account_id,
  }));
}

/** Counts what a retention would remove now, of the live account and its test twin together. */
export async function countExpired(
  sql: Sql,
  options: { liveAccountId: string; retention: Retention },
): Promise<ExpiredCounts> {
  const { retention } = options;
  const accounts =
    sql`(select id from accounts where id = ${options.liveAccountId} or live_account_id = ${options.liveAccountId})`;
  const [row] = await sql<ExpiredCounts[]>`
    select
      (
        select count(*)::int
        from (
          select
          from messages
          where account_id in ${accounts}
            and created_at < now() - make_interval(days => ${retention.message_days}::int)
            and status <> 'pending'
          limit ${COUNT_LIMIT}
        ) m
      ) as messages,
      (
        select count(*)::int
        from (
          select
          from meta_events
          where account_id in ${accounts}
            and received_at < now() - make_interval(days => ${retention.event_days}::int)
          limit ${COUNT_LIMIT}
        ) e
      ) as events,
      (
        select count(*)::int
        from (
          select
          from api_requests
          where account_id in ${accounts}
            and created_at < now() - make_interval(days => ${retention.request_days}::int)
          limit ${COUNT_LIMIT}
        ) r
      ) as requests,
      (
        select count(*)::int
        from (
          select
          from audit_log
          where account_id in ${accounts}
            and created_at < now() - make_interval(days => ${retention.audit_days}::int)
          limit ${COUNT_LIMIT}
        ) l
      ) as audit
  `;
  return row ?? { messages: 0, events: 0, requests: 0, audit: 0 };
}

/** What is older than `days` in an account, at most `limit` rows of it. */
export interface OldRows {
  accountId: string;
  days: number;
  limit: number;
}

/**
 * Deletes old messages, and the line of their conversation where none is newer. Those that are being sent stay, and so do
 * contacts and conversations.
 *
 * @returns how many were deleted
 */
export async function deleteOldMessages(sql: Sql, old: OldRows): Promise<number> {
  const result = await sql`
    with expired as materialized (
      select id, conversation_id
      from messages
      where account_id = ${old.accountId}
        and created_at < now() - make_interval(days => ${old.days}::int)
        and status <> 'pending'
      order by created_at, id
      limit ${old.limit}
      for update skip locked
    ),
    emptied as (
      update conversations c
      set last_message_text = null
      from (select distinct conversation_id from expired) e
      where c.account_id = ${old.accountId}
        and c.id = e.conversation_id
        and c.last_message_at < now() - make_interval(days => ${old.days}::int)
        and c.last_message_text is not null
    )
    delete from messages m
    using expired
    where m.account_id = ${old.accountId} and m.id = expired.id
  `;
  return result.count;
}

/** Deletes old entries of the audit log; how many. */
export async function deleteOldAuditEntries(sql: Sql, old: OldRows): Promise<number> {
  const result = await sql`
    delete from audit_log
    where account_id = ${old.accountId}
      and id in (
        select id
        from audit_log
        where account_id = ${old.accountId}
          and created_at < now() - make_interval(days => ${old.days}::int)
        order by created_at
        limit ${old.limit}
      )
  `;
  return result.count;
}
