/**
 * The feed of message changes: a row per new message and per status change, written by a trigger
 * (db/migrations/0011_changes_and_rollups.sql). Live pages read it by account; the roll-up turns rows of about a minute
 * into hourly counters and deletes them, in one statement, so that each is counted exactly once whatever crashes.
 */
import type { Sql } from "@/db/connect.ts";
import type { MessageStatus } from "@/db/messages.ts";

/** A row of the feed. */
export interface MessageChange {
  /** Rises within the database; a lower id may become visible later than a higher one. */
  id: number;
  account_id: string;
  message_id: string;
  conversation_id: string;
  direction: "inbound" | "outbound";
  /** Null for a new message. */
  from_status: MessageStatus | null;
  to_status: MessageStatus;
}

/**
 * The highest id among an account's changes that are older than `ageMs`; 0 if there is none. Everything that becomes
 * visible from now on has a higher id, as long as no transaction stays open for that long.
 */
export async function findSettledChangeId(
  sql: Sql,
  options: { accountId: string; ageMs: number },
): Promise<number> {
  const [row] = await sql<{ id: string | null }[]>`
    select max(id) as id
    from message_changes
    where account_id = ${options.accountId}
      and changed_at < clock_timestamp() - ${options.ageMs}::int * interval '1 millisecond'
  `;
  return Number(row?.id ?? 0);
}

/** The changes of some accounts, of each those above an id, in the order of their ids and at most `limit` of each. */
export async function listMessageChanges(
  sql: Sql,
  options: { accounts: { id: string; afterId: number }[]; limit: number },
): Promise<MessageChange[]> {
  const { accounts, limit } = options;
  const rows = await sql<(Omit<MessageChange, "id"> & { id: string })[]>`
    select c.id, c.account_id, c.message_id, c.conversation_id, c.direction, c.from_status, c.to_status
    from unnest(
      ${accounts.map(({ id }) => id)}::uuid[], ${accounts.map(({ afterId }) => afterId)}::bigint[]
    ) as wanted (account_id, after_id)
    cross join lateral (
      select *
      from message_changes
      where account_id = wanted.account_id and id > wanted.after_id
      order by id
      limit ${limit}
    ) c
    order by c.id
  `;
  return rows.map((row) => ({ ...row, id: Number(row.id) }));
}

/** An account's changes since a time, as far as they have not been rolled up, at most `limit`. */
export async function listMessageChangesSince(
  sql: Sql,
  options: { accountId: string; since: Date; limit: number },
): Promise<MessageChange[]> {
  const rows = await sql<(Omit<MessageChange, "id"> & { id: string })[]>`
    select id, account_id, message_id, conversation_id, direction, from_status, to_status
    from message_changes
    where account_id = ${options.accountId} and changed_at >= ${options.since}
    order by id
    limit ${options.limit}
  `;
  return rows.map((row) => ({ ...row, id: Number(row.id) }));
}

/**
 * Adds the changes that are older than `minAgeMs` to the hourly counters and deletes them.
 *
 * @returns how many were taken, at most `limit`
 */
export async function rollUpMessageChanges(
  sql: Sql,
  options: { limit: number; minAgeMs: number },
): Promise<number> {
  // The accounts that have changes are found by leaping from one to the next in the primary key.
  const [row] = await sql<{ taken: number }[]>`
    with recursive busy as (
      (select account_id from message_changes order by account_id limit 1)
      union all
      select (
        select c.account_id
        from message_changes c
        where c.account_id > busy.account_id
        order by c.account_id
        limit 1
      )
      from busy
      where busy.account_id is not null
    ),
    due as (
      select c.account_id, c.id
      from busy
      cross join lateral (
        select m.account_id, m.id, m.changed_at
        from message_changes m
        where m.account_id = busy.account_id
        order by m.id
        limit ${options.limit}
      ) c
      where c.changed_at < clock_timestamp() - ${options.minAgeMs}::int * interval '1 millisecond'
      limit ${options.limit}
    ),
    -- What another instance is taking at this moment is left to it.
    free as (
      select m.account_id, m.id
      from message_changes m
      join due on due.account_id = m.account_id and due.id = m.id
      for update of m skip locked
    ),
    taken as (
      delete from message_changes m
      using free
      where m.account_id = free.account_id and m.id = free.id
      returning m.account_id, m.message_created_at, m.direction, m.from_status, m.to_status
    ),
    stored as (
      insert into message_hours as h (account_id, hour, direction, status, messages)
      select
        taken.account_id, date_trunc('hour', taken.message_created_at, 'UTC'), taken.direction,
        part.status, sum(part.change)
      from taken
      cross join lateral (values (taken.to_status, 1), (taken.from_status, -1)) as part (status, change)
      where part.status is not null
      group by 1, 2, 3, 4
      -- In one order everywhere, so that instances that meet do not wait for each other in a circle.
      order by 1, 2, 3, 4
      on conflict (account_id, hour, direction, status) do update
        set messages = h.messages + excluded.messages
    )
    select count(*)::int as taken from taken
  `;
  return row?.taken ?? 0;
}
