/**
 * How often somebody failed to sign in, per e-mail address and per client address, for all instances together. The
 * counting itself, and how long a door stays closed, is in the SQL function `count_sign_in_attempt`.
 */
import type { Sql } from "@/db/connect.ts";

/** SHA-256 of what is counted, and from how many attempts on it is slowed down. */
interface Counter {
  key: Uint8Array;
  limit: number;
}

/** Whose attempt it is. */
export interface AttemptCounters {
  address: Counter;
  email: Counter;
}

/** Counts an attempt that is about to be judged. 0: go on; else the seconds to wait, and nothing was counted. */
export async function takeSignInAttempt(sql: Sql, counters: AttemptCounters): Promise<number> {
  const { address, email } = counters;
  const [row] = await sql<{ seconds: number }[]>`
    select take_sign_in_attempt(${address.key}, ${address.limit}, ${email.key}, ${email.limit}) as seconds
  `;
  if (row === undefined) throw new Error("A function gives one row");
  return row.seconds;
}

/**
 * Takes back an attempt that was no failure. The e-mail address starts anew; the client address only gets this one
 * back, so that nobody can wipe out guesses at others by signing in as oneself.
 */
export async function forgiveSignInAttempt(sql: Sql, counters: AttemptCounters): Promise<void> {
  const { address, email } = counters;
  await sql`
    with email as (
      delete from sign_in_attempts where key = ${email.key}
    )
    update sign_in_attempts
    set
      attempts = greatest(0, attempts - 1),
      blocked_until = case when attempts - 1 < ${address.limit} then null else blocked_until end
    where key = ${address.key}
  `;
}

/** Deletes a batch of counters that count no more. */
export async function deleteOldSignInAttempts(
  sql: Sql,
  options: { limit: number },
): Promise<number> {
  const { count } = await sql`
    delete from sign_in_attempts
    where key in (
      select key from sign_in_attempts
      where attempted_at < now() - interval '1 hour'
      limit ${options.limit}
      for update skip locked
    )
  `;
  return count;
}
