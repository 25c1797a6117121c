/**
 * Meta's raw events and their processing state. Stored in one statement before Meta is answered; taken up by any
 * process in batches; each is applied in one transaction together with the note that it was.
 */
import type { Sql } from "@/db/connect.ts";
import type { StoredMessageError } from "@/db/messages.ts";

/** What an event is about. */
export type MetaEventKind = "status" | "message" | "user_id_update" | "other";

/** An event to store. */
export interface NewMetaEvent {
  accountId: string;
  id: string;
  integrationId: string;
  kind: MetaEventKind;
  field: string;
  /** JSON text. */
  payload: string;
  /** False: it is kept but never applied. */
  applies: boolean;
}

/** An event that was taken up. */
export interface ClaimedMetaEvent {
  account_id: string;
  id: string;
  kind: MetaEventKind;
  payload: string;
  /** How often it was taken up, this time included. */
  attempts: number;
}

/** Stores events in one statement. */
export async function insertMetaEvents(sql: Sql, events: NewMetaEvent[]): Promise<void> {
  if (events.length === 0) return;
  // Arrays rather than a list of rows: one statement text whatever the number, and no limit of parameters.
  await sql`
    insert into meta_events (
      account_id, id, integration_id, kind, field, payload, state, due_at, received_at
    )
    select account_id, id, integration_id, kind, field, payload, state, now(), now()
    from unnest(
      ${events.map((event) => event.accountId)}::uuid[],
      ${events.map((event) => event.id)}::uuid[],
      ${events.map((event) => event.integrationId)}::uuid[],
      ${events.map((event) => event.kind)}::text[],
      ${events.map((event) => event.field)}::text[],
      ${events.map((event) => event.payload)}::text[],
      ${events.map((event) => event.applies ? "pending" : "ignored")}::text[]
    ) as event (account_id, id, integration_id, kind, field, payload, state)
  `;
}

/** Takes up due events, the oldest first; for `leaseMs` no other process takes them. */
export async function claimMetaEvents(
  sql: Sql,
  options: { limit: number; leaseMs: number },
): Promise<ClaimedMetaEvent[]> {
  // "materialized", so that the selection with its locks is made once, whatever the plan.
  const rows = await sql<ClaimedMetaEvent[]>`
    with due as materialized (
      select account_id, id
      from meta_events
      where state = 'pending' and due_at <= clock_timestamp()
      order by due_at
      limit ${options.limit}
      for update skip locked
    )
    update meta_events e
    set due_at = clock_timestamp() + ${options.leaseMs} * interval '1 millisecond',
      attempts = attempts + 1
    from due
    where e.account_id = due.account_id and e.id = due.id
    returning e.account_id, e.id, e.kind, e.payload, e.attempts
  `;
  // The order of "returning" is not that of the selection; ids of one process sort by time.
  return rows.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** A status to apply. */
export interface StatusUpdate {
  accountId: string;
  eventId: string;
  wamid: string;
  /** Our own id, as Meta returned it; null if it is none of ours. */
  messageId: string | null;
  status: "sent" | "delivered" | "read" | "failed";
  at: Date;
  error: StoredMessageError | null;
  waId: string | null;
  bsuid: string | null;
}

/** What applying a status came to; see `apply_status`. */
export type StatusOutcome = "processed" | "identity_taken" | "unmatched" | "done";

/**
 * Applies statuses in one transaction, in the order of their messages, so that two batches rarely wait for each other
 * in a circle. All or none.
 *
 * @returns the outcome by event id
 */
export async function applyStatuses(
  sql: Sql,
  updates: StatusUpdate[],
): Promise<Map<string, StatusOutcome>> {
  const rows = await sql<{ event_id: string; outcome: StatusOutcome }[]>`
    select event_id,
      apply_status(account_id, event_id, wamid, message_id, status, at, error, wa_id, bsuid) as outcome
    from (
      select *
      from jsonb_to_recordset(${sql.json(updates.map(toJson))}) as u(
        account_id uuid, event_id uuid, wamid text, message_id uuid, status text, at timestamptz, error jsonb,
        wa_id text, bsuid text
      )
      order by account_id, wamid, event_id
    ) ordered
  `;
  return new Map(rows.map((row) => [row.event_id, row.outcome]));
}

function toJson(update: StatusUpdate) {
  return {
    account_id: update.accountId,
    event_id: update.eventId,
    wamid: update.wamid,
    message_id: update.messageId,
    status: update.status,
    at: update.at.toISOString(),
    error: update.error === null ? null : { ...update.error },
    wa_id: update.waId,
    bsuid: update.bsuid,
  };
}

/** Ends the processing of an event that had no effect, or lets it be tried again later. */
export async function settleMetaEvent(
  sql: Sql,
  event: { accountId: string; id: string },
  outcome:
    | { state: "ignored" | "unmatched" | "failed"; error: string | null }
    | { retryInMs: number; error: string | null },
): Promise<void> {
  if ("retryInMs" in outcome) {
    await sql`
      update meta_events
      set due_at = clock_timestamp() + ${outcome.retryInMs} * interval '1 millisecond',
        error = ${outcome.error}
      where account_id = ${event.accountId} and id = ${event.id} and state = 'pending'
    `;
    return;
  }
  await sql`
    update meta_events
    set state = ${outcome.state}, error = ${outcome.error}, processed_at = clock_timestamp()
    where account_id = ${event.accountId} and id = ${event.id} and state = 'pending'
  `;
}

/** Deletes an account's events that are older than `days`, at most `limit` of them. */
export async function deleteOldMetaEvents(
  sql: Sql,
  options: { accountId: string; days: number; limit: number },
): Promise<number> {
  const result = await sql`
    delete from meta_events
    where account_id = ${options.accountId}
      and id in (
        select id
        from meta_events
        where account_id = ${options.accountId}
          and received_at < now() - make_interval(days => ${options.days}::int)
        order by received_at
        limit ${options.limit}
      )
  `;
  return result.count;
}
