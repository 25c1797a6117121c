/**
 * What waits in the database, and how the integrations stand, in figures for whoever watches the server. One statement
 * for all of it: each count goes through an index of what waits, and stops at a limit, so that looking costs little
 * when there is most to see.
 */
import type { Sql } from "@/db/connect.ts";

/** How an integration with a live number stands: the first of these that holds. */
export const INTEGRATION_STATES = [
  "token_failed",
  "signature_refused",
  "webhook_silent",
  "healthy",
] as const;
export type IntegrationState = (typeof INTEGRATION_STATES)[number];

/** What waits. Counts end at `MOST_COUNTED`. */
export interface Backlog {
  /** Messages that are still pending although whoever sent them had until then to say what became of them. */
  overdueSends: number;
  /** Events that nobody has taken up although they are due. */
  dueEvents: number;
  /** Events that are being worked on, or whose message is not here yet. */
  waitingEvents: number;
  integrations: Record<IntegrationState, number>;
}

/** Beyond this many it no longer matters how many. */
export const MOST_COUNTED = 10_000;

interface BacklogRow extends Record<IntegrationState, number> {
  overdue_sends: number;
  due_events: number;
  waiting_events: number;
}

/** Counts what waits. */
export async function readBacklog(sql: Sql): Promise<Backlog> {
  const [row] = await sql<BacklogRow[]>`
    select
      (
        select count(*)::int
        from (
          select
          from messages
          where status = 'pending' and lease_until < now()
          limit ${MOST_COUNTED}
        ) overdue
      ) as overdue_sends,
      (
        select count(*)::int
        from (
          select
          from meta_events
          where state = 'pending' and due_at <= now()
          limit ${MOST_COUNTED}
        ) due
      ) as due_events,
      (
        select count(*)::int
        from (
          select
          from meta_events
          where state = 'pending' and due_at > now()
          limit ${MOST_COUNTED}
        ) waiting
      ) as waiting_events,
      health.*
    from (
      select
        count(*) filter (where state = 'token_failed')::int as token_failed,
        count(*) filter (where state = 'signature_refused')::int as signature_refused,
        count(*) filter (where state = 'webhook_silent')::int as webhook_silent,
        count(*) filter (where state = 'healthy')::int as healthy
      from (
        select
          case
            when i.token_failed_at is not null or i.token_expires_at <= now() then 'token_failed'
            when h.last_signature_failure_at >= coalesce(i.app_secret_set_at, '-infinity')
              and h.last_signature_failure_at > coalesce(h.last_event_at, '-infinity')
            then 'signature_refused'
            when coalesce(h.last_event_at >= coalesce(i.app_secret_set_at, '-infinity'), false)
            then 'healthy'
            else 'webhook_silent'
          end as state
        from whatsapp_integrations i
        join accounts a on a.id = i.account_id
        left join webhook_health h on h.account_id = i.account_id and h.integration_id = i.id
        where a.mode = 'live' and i.status <> 'disconnected'
        limit ${MOST_COUNTED}
      ) integrations
    ) health
  `;
  if (row === undefined) throw new Error("Counting gives one row");
  const { overdue_sends, due_events, waiting_events, ...integrations } = row;
  return {
    overdueSends: overdue_sends,
    dueEvents: due_events,
    waitingEvents: waiting_events,
    integrations,
  };
}
