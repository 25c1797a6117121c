/**
 * API keys as the people see them who manage them: who made each, which one replaced it, and changes to it. Every
 * function takes the account, so that another account's id finds nothing. How a key lets a request pass is
 * `authorize_keys` (see api_keys.ts), which reads the same rows without a cache: a change holds from the next request.
 * Replacing a key is in key_rotation.ts.
 */
import type postgres from "postgres";
import type { Sql, TransactionSql } from "@/db/connect.ts";

/** Who did something, with the address as it is now: the name stays when the user goes. */
export interface Actor {
  id: string;
  email: string;
}

/** A key with its history. */
export interface ManagedKeyRow {
  id: string;
  name: string;
  prefix: string;
  scopes: string[];
  /** Requests a minute; 0 is unlimited. */
  rate_limit: number;
  created_at: Date;
  /** Null: made on the command line. */
  created_by_email: string | null;
  expires_at: Date | null;
  revoked_at: Date | null;
  /** Null with `revoked_at`: revoked on the command line. */
  revoked_by_email: string | null;
  /** Written at most once a minute. */
  last_used_at: Date | null;
  /** The key that this one replaces. */
  rotated_from: string | null;
  /** The key that replaced this one, and since when. */
  rotated_to: string | null;
  rotated_at: Date | null;
}

/** What a stored key needs. */
export interface NewManagedKey {
  id: string;
  accountId: string;
  name: string;
  keyHash: Uint8Array;
  prefix: string;
  scopes: string[];
  rateLimit: number;
  createdBy: Actor;
}

/** More keys than this are not listed. */
export const LISTED_KEYS = 500;

/**
 * The keys of an account, the newest first. `ended` gives those that are history: revoked ones, and those whose time
 * ended after another key had replaced them.
 */
export async function listManagedKeys(
  sql: Sql,
  options: { accountId: string; ended: boolean },
): Promise<ManagedKeyRow[]> {
  return await sql<ManagedKeyRow[]>`
    ${selectKeys(sql)}
    where k.account_id = ${options.accountId} and ${isHistory(sql)} = ${options.ended}
    order by k.created_at desc, k.id desc
    limit ${LISTED_KEYS}
  `;
}

/** How many keys of an account are in use, and how many are history. */
export async function countManagedKeys(
  sql: Sql,
  accountId: string,
): Promise<{ current: number; ended: number }> {
  const [row] = await sql<{ current: number; ended: number }[]>`
    select
      count(*) filter (where not ${isHistory(sql)})::integer as current,
      count(*) filter (where ${isHistory(sql)})::integer as ended
    from api_keys k
    left join api_keys successor on successor.rotated_from = k.id
    where k.account_id = ${accountId}
  `;
  return row ?? { current: 0, ended: 0 };
}

/** One key of an account. */
export async function findManagedKey(
  sql: Sql,
  key: { accountId: string; id: string },
): Promise<ManagedKeyRow | null> {
  const [row] = await sql<ManagedKeyRow[]>`
    ${selectKeys(sql)}
    where k.account_id = ${key.accountId} and k.id = ${key.id}
  `;
  return row ?? null;
}

/** When a key was used last. Undefined: no such key; null: never. */
export async function findLastUse(
  sql: Sql,
  key: { accountId: string; id: string },
): Promise<Date | null | undefined> {
  const [row] = await sql<{ last_used_at: Date | null }[]>`
    select last_used_at from api_keys where account_id = ${key.accountId} and id = ${key.id}
  `;
  return row?.last_used_at;
}

/**
 * Stores a key that a form asked for; the same form makes one key only.
 *
 * @returns null if it was stored, else the id of the key that this form has made before
 */
export async function insertKeyOfForm(
  sql: Sql,
  key: NewManagedKey & { formToken: string; expiresAt: Date | null },
): Promise<string | null> {
  const stored = await sql`
    insert into api_keys (
      id, account_id, name, key_hash, prefix, scopes, rate_limit, expires_at,
      created_by, created_by_email, form_token
    )
    values (
      ${key.id}, ${key.accountId}, ${key.name}, ${key.keyHash}, ${key.prefix}, ${key.scopes},
      ${key.rateLimit}, ${key.expiresAt}, ${key.createdBy.id}, ${key.createdBy.email},
      ${key.formToken}
    )
    on conflict (account_id, form_token) where form_token is not null do nothing
  `;
  if (stored.count === 1) return null;
  const [earlier] = await sql<{ id: string }[]>`
    select id from api_keys
    where account_id = ${key.accountId} and form_token = ${key.formToken}
  `;
  if (earlier === undefined) throw new Error("The key of this form is not there");
  return earlier.id;
}

/** Changes what a key may do, from the next request on. A key that has ended stays as it was. */
export async function updateManagedKey(
  sql: Sql,
  change: { accountId: string; id: string; name: string; scopes: string[]; rateLimit: number },
): Promise<"updated" | "ended" | "not_found"> {
  const [row] = await sql<{ ended: boolean }[]>`
    with changed as (
      update api_keys
      set name = ${change.name}, scopes = ${change.scopes}, rate_limit = ${change.rateLimit}
      where account_id = ${change.accountId} and id = ${change.id}
        and revoked_at is null and (expires_at is null or expires_at > now())
      returning id
    )
    select not exists (select from changed) as ended
    from api_keys
    where account_id = ${change.accountId} and id = ${change.id}
  `;
  if (row === undefined) return "not_found";
  return row.ended ? "ended" : "updated";
}

/** Revokes a key, from the next request on. */
export async function revokeManagedKey(
  sql: Sql | TransactionSql,
  key: { accountId: string; id: string; revokedBy: Actor },
): Promise<"revoked" | "revoked_before" | "not_found"> {
  const [row] = await sql<{ changed: boolean }[]>`
    with changed as (
      update api_keys
      set revoked_at = now(), revoked_by = ${key.revokedBy.id}, revoked_by_email = ${key.revokedBy.email}
      where account_id = ${key.accountId} and id = ${key.id} and revoked_at is null
      returning id
    )
    select exists (select from changed) as changed
    from api_keys
    where account_id = ${key.accountId} and id = ${key.id}
  `;
  if (row === undefined) return "not_found";
  return row.changed ? "revoked" : "revoked_before";
}

function selectKeys(sql: Sql): postgres.PendingQuery<postgres.Row[]> {
  return sql`
    select
      k.id, k.name, k.prefix, k.scopes, k.rate_limit, k.created_at, k.created_by_email, k.expires_at,
      k.revoked_at, k.revoked_by_email, k.last_used_at, k.rotated_from,
      successor.id as rotated_to, successor.created_at as rotated_at
    from api_keys k
    left join api_keys successor on successor.rotated_from = k.id
  `;
}

function isHistory(sql: Sql): postgres.PendingQuery<postgres.Row[]> {
  return sql`(
    k.revoked_at is not null
      or (successor.id is not null and k.expires_at is not null and k.expires_at <= now())
  )`;
}
