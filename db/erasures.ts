/**
 * Erasing people in the database: one short transaction takes away who somebody is, then their messages follow in
 * batches, and at last the logs that name them. How far that has come is a row of `erasures`, so that it goes on after a
 * crash and in any process. The order of the steps is lib/contacts/erasure_steps.ts's.
 */
import type { Sql, TransactionSql } from "@/db/connect.ts";
import type { MetaEventKind } from "@/db/meta_events.ts";

/** How far an erasure has come, in this order. */
export type ErasureStage = "messages" | "settling" | "requests" | "events" | "done";

/** A row of `erasures`. */
export interface ErasureRow {
  account_id: string;
  contact_id: string;
  stage: ErasureStage;
  /** Digits and user ids; empty when it is done. */
  identities: string[];
  /** The last row of the log that was looked at in this stage; null: none yet. */
  log_id: string | null;
  /** Later events are another contact's. */
  settled_at: Date | null;
  requested_at: Date;
}

/** An event that may name somebody. */
export interface SuspectEvent {
  id: string;
  kind: MetaEventKind;
  state: string;
  /** Null: it names nobody of those asked for. */
  payload: string | null;
  received_at: Date;
}

/** Where a log is read on. */
export interface LogPage {
  accountId: string;
  /** Null: from the beginning. */
  afterId: string | null;
  limit: number;
}

const BEFORE_ALL = "00000000-0000-0000-0000-000000000000";
/** Ids of requests that were made here; those that callers made up may say anything. */
const OWN_ID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$";

/**
 * Takes away who a contact is, its aliases included. Done again it changes nothing.
 *
 * @returns the contact's id, another one where this was merged; null: there is no such contact
 */
export async function beginErasure(
  sql: Sql | TransactionSql,
  contact: { accountId: string; contactId: string },
): Promise<{ contactId: string; isNew: boolean; erasedAt: Date } | null> {
  const [row] = await sql<{ contact_id: string; is_new: boolean; requested_at: Date }[]>`
    select * from begin_erasure(${contact.accountId}, ${contact.contactId})
  `;
  return row === undefined
    ? null
    : { contactId: row.contact_id, isNew: row.is_new, erasedAt: row.requested_at };
}

/** The erasure of a contact, or null. */
export async function findErasure(
  sql: Sql,
  contact: { accountId: string; contactId: string },
): Promise<ErasureRow | null> {
  const [row] = await sql<ErasureRow[]>`
    select account_id, contact_id, stage, identities, log_id, settled_at, requested_at
    from erasures
    where account_id = ${contact.accountId} and contact_id = ${contact.contactId}
  `;
  return row ?? null;
}

/** Takes up the erasure that has been due for longest; for `leaseMs` no other process takes it. Null: none is due. */
export async function claimErasure(
  sql: Sql,
  options: { leaseMs: number },
): Promise<ErasureRow | null> {
  const [row] = await sql<ErasureRow[]>`
    update erasures
    set due_at = clock_timestamp() + ${options.leaseMs} * interval '1 millisecond'
    where (account_id, contact_id) in (
      select account_id, contact_id
      from erasures
      where stage <> 'done' and due_at <= clock_timestamp()
      order by due_at
      limit 1
      for update skip locked
    )
    returning account_id, contact_id, stage, identities, log_id, settled_at, requested_at
  `;
  return row ?? null;
}

/** Makes an erasure due in `inMs`, unless it is done. */
export async function postponeErasure(
  sql: Sql,
  erasure: Pick<ErasureRow, "account_id" | "contact_id">,
  inMs: number,
): Promise<void> {
  await sql`
    update erasures
    set due_at = clock_timestamp() + ${inMs} * interval '1 millisecond'
    where account_id = ${erasure.account_id} and contact_id = ${erasure.contact_id} and stage <> 'done'
  `;
}

/**
 * Erases the person's next messages, the newest first; when there is none left, the next stage begins.
 *
 * @param options.endpoint the endpoint of their idempotency keys
 */
export async function eraseNextMessages(
  sql: Sql,
  erasure: ErasureRow,
  options: { endpoint: string; limit: number },
): Promise<void> {
  await sql`
    select erase_next_messages(
      ${erasure.account_id}, ${erasure.contact_id}, ${options.endpoint}, ${options.limit}
    )
  `;
}

/** Goes on to the logs if no send of the person is under way any more; false: one is, or has just ended. */
export async function settleErasure(sql: Sql, erasure: ErasureRow): Promise<boolean> {
  const result = await sql`
    update erasures
    set stage = 'requests', log_id = null
    where account_id = ${erasure.account_id}
      and contact_id = ${erasure.contact_id}
      and stage = 'settling'
      and is_erasure_settled(account_id, contact_id)
  `;
  return result.count > 0;
}

/** The erasures of the account that have come exactly as far as this one: what is read of a log is read for all. */
export async function listErasuresBeside(sql: Sql, erasure: ErasureRow): Promise<ErasureRow[]> {
  return await sql<ErasureRow[]>`
    select account_id, contact_id, stage, identities, log_id, settled_at, requested_at
    from erasures
    where account_id = ${erasure.account_id}
      and stage = ${erasure.stage}
      and log_id is not distinct from ${erasure.log_id}
    limit 1000
  `;
}

/** Notes how far erasures have come that were read on together. Those that somebody else took on are left alone. */
export async function advanceErasures(
  sql: Sql,
  erasures: readonly ErasureRow[],
  to: { stage: ErasureStage; logId: string | null },
): Promise<void> {
  const [first] = erasures;
  if (first === undefined) return;
  await sql`
    update erasures
    set stage = ${to.stage},
      log_id = ${to.logId},
      settled_at = case
        when ${to.stage}::text = 'events' then coalesce(settled_at, clock_timestamp()) else settled_at
      end,
      identities = case when ${to.stage}::text = 'done' then '[]' else identities end,
      finished_at = case when ${to.stage}::text = 'done' then clock_timestamp() end
    where account_id = ${first.account_id}
      and contact_id = any (${erasures.map(({ contact_id }) => contact_id)}::uuid[])
      and stage = ${first.stage}
      and log_id is not distinct from ${first.log_id}
  `;
}

/**
 * Takes out of a page of the request log what concerns erased messages of the account.
 *
 * @returns the last row of the page; null when it was the last page
 */
export async function eraseRequests(sql: Sql, page: LogPage): Promise<string | null> {
  const [row] = await sql<{ requests: number; last_id: string | null }[]>`
    with page as materialized (
      select id, message_id
      from api_requests
      where account_id = ${page.accountId} and id > ${page.afterId ?? BEFORE_ALL}
      order by id
      limit ${page.limit}
    ),
    erased as (
      update api_requests r
      set recipient_masked = null,
        error_message = null,
        request_id = case when r.request_id ~ ${OWN_ID} then r.request_id else 'erased' end
      from page
      join messages m on m.account_id = ${page.accountId} and m.id = page.message_id
      where r.account_id = ${page.accountId} and r.id = page.id and m.erased_at is not null
    )
    select count(*)::int as requests, (array_agg(id order by id desc))[1] as last_id
    from page
  `;
  return row === undefined || row.requests < page.limit ? null : row.last_id;
}

/** Takes the masked recipients of erased messages of the account out of the audit log, which is the live account's. */
export async function eraseAuditedRecipients(sql: Sql, accountId: string): Promise<void> {
  await sql`
    update audit_log l
    set details = l.details - 'to'
    where l.account_id = (select coalesce(live_account_id, id) from accounts where id = ${accountId})
      and l.target_type = 'message'
      and l.action = 'message.sent'
      and exists (
        select
        from messages m
        where m.account_id = ${accountId}
          and m.id = case when l.target_id ~ ${OWN_ID} then l.target_id::uuid end
          and m.erased_at is not null
      )
  `;
}

/** Deletes what the sandbox of test mode was going to tell of people. */
export async function deleteSandboxWebhooksOf(
  sql: Sql,
  options: { accountId: string; identities: string[] },
): Promise<void> {
  await sql`
    delete from sandbox_webhooks
    where account_id = ${options.accountId}
      and exists (
        select
        from unnest(${options.identities}::text[]) as identity
        where strpos(body, '"' || identity || '"') > 0
      )
  `;
}

/** A page of the account's events: of those that name one of the identities as a whole word, the payload too. */
export async function listEventsThatName(
  sql: Sql,
  options: LogPage & { identities: string[] },
): Promise<SuspectEvent[]> {
  return await sql<SuspectEvent[]>`
    select
      id, kind, state, received_at,
      case
        when exists (
          select
          from unnest(${options.identities}::text[]) as identity
          where strpos(payload, '"' || identity || '"') > 0 or strpos(payload, '"+' || identity || '"') > 0
        )
        then payload
      end as payload
    from meta_events
    where account_id = ${options.accountId} and id > ${options.afterId ?? BEFORE_ALL}
    order by id
    limit ${options.limit}
  `;
}

/** Takes out of events what they say; those that are still to be applied stay. */
export async function eraseEvents(
  sql: Sql,
  options: { accountId: string; ids: string[] },
): Promise<void> {
  if (options.ids.length === 0) return;
  await sql`
    update meta_events
    set payload = '{"erased":true}', error = null
    where account_id = ${options.accountId} and id = any (${options.ids}::uuid[]) and state <> 'pending'
  `;
}
