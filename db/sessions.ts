/**
 * Sessions of people who signed in. Only the SHA-256 of a session's token is stored; its public id is what lists and
 * forms name. Whether a session is alive is decided here alone, by the database's clock.
 */
import type { Sql, TransactionSql } from "@/db/connect.ts";

/** A living session with whom and what it belongs to. */
export interface SessionRow {
  id: string;
  user_id: string;
  email: string;
  owner: boolean;
  live_account_id: string;
  account_name: string;
  test_account_id: string;
}

/** A session as the list of its owner shows it. */
export interface ListedSession {
  id: string;
  user_agent: string | null;
  client_address: string | null;
  created_at: Date;
  last_seen_at: Date;
}

/** A session to store. */
export interface NewSession {
  id: string;
  tokenHash: Uint8Array;
  userId: string;
  userAgent: string | null;
  clientAddress: string;
  /** The token hash that the browser brought; that session ends. */
  replaces: Uint8Array | null;
  /** The stored password that was checked; null for somebody who was made just now. */
  passwordHash: string | null;
}

/** How long a session lasts without a request, and at most. */
export const SESSION_LIMITS = { idleHours: 12, absoluteHours: 14 * 24 };

/**
 * Stores a session; the one that it replaces ends in the same statement. False, and nothing is stored, if the password
 * has changed since it was checked, or the person is gone.
 */
export async function insertSession(
  sql: Sql | TransactionSql,
  session: NewSession,
): Promise<boolean> {
  const { passwordHash } = session;
  const { count } = await sql`
    with ended as (
      delete from sessions where token_hash = ${session.replaces}
    )
    insert into sessions (token_hash, id, user_id, user_agent, client_address, expires_at)
    select
      ${session.tokenHash}, ${session.id}, id, ${session.userAgent}, ${session.clientAddress},
      now() + make_interval(hours => ${SESSION_LIMITS.absoluteHours})
    from users
    where id = ${session.userId}
      and (${passwordHash}::text is null or password_hash = ${passwordHash})
    -- Waits for a change of the password that is under way.
    for share
  `;
  return count > 0;
}

/** The living session of a token, or null. That it was seen is written down at most once a minute. */
export async function findSession(sql: Sql, tokenHash: Uint8Array): Promise<SessionRow | null> {
  const [row] = await sql<SessionRow[]>`
    with living as (
      select id, user_id, last_seen_at
      from sessions
      where token_hash = ${tokenHash} and ${isAlive(sql)}
    ),
    seen as (
      update sessions
      set last_seen_at = now()
      where token_hash = ${tokenHash}
        and exists (select from living where last_seen_at < now() - interval '1 minute')
    )
    select
      living.id, living.user_id, users.email, users.owner, live.id as live_account_id,
      live.name as account_name, test.id as test_account_id
    from living
    join users on users.id = living.user_id
    join accounts live on live.id = users.account_id
    join accounts test on test.live_account_id = live.id
  `;
  return row ?? null;
}

/**
 * Whether a session is still alive, without keeping it so: for streams that outlive the request which opened them.
 */
export async function isSessionAlive(sql: Sql, sessionId: string): Promise<boolean> {
  const rows = await sql`
    select from sessions where id = ${sessionId} and ${isAlive(sql)}
  `;
  return rows.length > 0;
}

/** The living sessions of a user, the one seen last first. */
export async function listSessions(
  sql: Sql,
  options: { accountId: string; userId: string },
): Promise<ListedSession[]> {
  return await sql<ListedSession[]>`
    select s.id, s.user_agent, s.client_address, s.created_at, s.last_seen_at
    from sessions s
    join users on users.id = s.user_id
    where s.user_id = ${options.userId}
      and users.account_id = ${options.accountId}
      and ${isAlive(sql)}
    order by s.last_seen_at desc, s.id
    limit 200
  `;
}

/** Ends the session of a token. */
export async function deleteSessionByToken(sql: Sql, tokenHash: Uint8Array): Promise<void> {
  await sql`delete from sessions where token_hash = ${tokenHash}`;
}

/** Ends one session of a user by its public id; whether there was one. */
export async function deleteSession(
  sql: Sql,
  session: { id: string; userId: string },
): Promise<boolean> {
  const { count } = await sql`
    delete from sessions where id = ${session.id} and user_id = ${session.userId}
  `;
  return count > 0;
}

/** Ends all sessions of a user but one; how many. */
export async function deleteOtherSessions(
  sql: Sql | TransactionSql,
  options: { userId: string; keepId: string },
): Promise<number> {
  const { count } = await sql`
    delete from sessions where user_id = ${options.userId} and id <> ${options.keepId}
  `;
  return count;
}

/** Deletes a batch of sessions that have ended by time. */
export async function deleteEndedSessions(sql: Sql, options: { limit: number }): Promise<number> {
  const { count } = await sql`
    delete from sessions
    where token_hash in (
      select token_hash from sessions where not (${isAlive(sql)}) limit ${options.limit}
      for update skip locked
    )
  `;
  return count;
}

function isAlive(sql: Sql) {
  return sql`
    expires_at > now()
    and last_seen_at > now() - make_interval(hours => ${SESSION_LIMITS.idleHours})
  `;
}
