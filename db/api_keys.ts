/**
 * API keys in the database. A key is looked up by its hash together with its rate limit, in one round trip
 * (`authorize_key`); everything else here serves the people who manage keys.
 */
import type { Sql } from "@/db/connect.ts";

/** A key that exists, and whether this request may pass. */
export interface AuthorizedKey {
  key_id: string;
  key_name: string;
  prefix: string;
  scopes: string[];
  /** Requests a minute; 0 is unlimited. */
  rate_limit: number;
  expires_at: Date | null;
  account_id: string;
  account_name: string;
  account_mode: "live" | "test";
  /** Neither revoked nor expired. */
  usable: boolean;
  /** Within its rate limit. */
  allowed: boolean;
  /** Null for an unlimited key: how many more requests the burst allows. */
  remaining: number | null;
  /** Unix second at which the full burst is back. */
  reset_at: number | null;
  retry_after_seconds: number | null;
}

/** A row of `api_keys`, without the hash. */
export interface ApiKeyRow {
  id: string;
  account_id: string;
  name: string;
  prefix: string;
  scopes: string[];
  rate_limit: number;
  expires_at: Date | null;
  revoked_at: Date | null;
  last_used_at: Date | null;
  created_at: Date;
}

/** Finds a key by the SHA-256 of its text and takes one request from its rate limit. Null: no such key. */
export async function authorizeKey(sql: Sql, keyHash: Uint8Array): Promise<AuthorizedKey | null> {
  const [row] = await sql<(Omit<AuthorizedKey, "reset_at"> & { reset_at: string | null })[]>`
    select * from authorize_key(${keyHash})
  `;
  if (row === undefined) return null;
  return { ...row, reset_at: row.reset_at === null ? null : Number(row.reset_at) };
}

/** Stores a new key. */
export async function insertApiKey(
  sql: Sql,
  key: {
    id: string;
    accountId: string;
    name: string;
    keyHash: Uint8Array;
    prefix: string;
    scopes: string[];
    rateLimit: number;
    expiresAt: Date | null;
  },
): Promise<void> {
  await sql`
    insert into api_keys (id, account_id, name, key_hash, prefix, scopes, rate_limit, expires_at)
    values (
      ${key.id}, ${key.accountId}, ${key.name}, ${key.keyHash}, ${key.prefix}, ${key.scopes},
      ${key.rateLimit}, ${key.expiresAt}
    )
  `;
}

/** The keys of an account, the newest first, revoked ones included. */
export async function listApiKeys(sql: Sql, accountId: string): Promise<ApiKeyRow[]> {
  return await sql<ApiKeyRow[]>`
    select
      id, account_id, name, prefix, scopes, rate_limit, expires_at, revoked_at, last_used_at, created_at
    from api_keys
    where account_id = ${accountId}
    order by created_at desc, id desc
    limit 1000
  `;
}

/** Revokes a key, from the next request on. A key that was revoked before keeps its time. Null: no such key. */
export async function revokeApiKey(
  sql: Sql,
  id: string,
): Promise<{ id: string; revoked_at: Date } | null> {
  const [row] = await sql<{ id: string; revoked_at: Date }[]>`
    update api_keys
    set revoked_at = coalesce(revoked_at, now())
    where id = ${id}
    returning id, revoked_at
  `;
  return row ?? null;
}
