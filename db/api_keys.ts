/**
 * API keys in the database. Keys are looked up by their hashes together with their rate limits, in one round trip
 * (`authorize_keys`); everything else here serves the people who manage keys.
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

interface AuthorizedRow
  extends Omit<AuthorizedKey, "allowed" | "remaining" | "reset_at" | "retry_after_seconds"> {
  item: number;
  granted: number | null;
  remaining: number;
  full_at: number;
  step: number;
  retry_after_seconds: number;
}

/**
 * Finds keys by the SHA-256 of their texts, one for each request, and takes each request from the rate limit of its key.
 *
 * @param options.lockTimeoutMs how long it may wait for a key that somebody else holds; null: as long as it takes
 * @returns the keys in the order of the hashes; null: no such key
 */
export async function authorizeKeys(
  sql: Sql,
  hashes: readonly Uint8Array[],
  options: { lockTimeoutMs: number | null },
): Promise<(AuthorizedKey | null)[]> {
  const names = hashes.map((hash) => hash.toHex());
  const times = new Map<string, number>();
  for (const name of names) times.set(name, (times.get(name) ?? 0) + 1);
  // In one order everywhere, so that two batches do not wait for each other in a circle.
  const distinct = [...times.keys()].sort();
  const rows = await sql<AuthorizedRow[]>`
    select * from authorize_keys(
      ${distinct.map((name) => `\\x${name}`)}::text[]::bytea[],
      ${distinct.map((name) => times.get(name) ?? 0)}::integer[],
      ${options.lockTimeoutMs}
    )
  `;
  const found = new Map(rows.map((row) => [distinct[row.item - 1], { row, requests: 0 }]));
  return names.map((name) => {
    const key = found.get(name);
    return key === undefined ? null : toAuthorizedKey(key.row, key.requests++);
  });
}

/** The key for one of the requests that were looked up with it, the earliest being 0. */
function toAuthorizedKey(row: AuthorizedRow, request: number): AuthorizedKey {
  const { item: _, granted, remaining, full_at, step, retry_after_seconds, ...key } = row;
  if (granted === null) {
    return { ...key, allowed: true, remaining: null, reset_at: null, retry_after_seconds: null };
  }
  const allowed = request < granted;
  // Those that may not pass leave everything as the last one that may has left it.
  const before = Math.max(0, Math.min(request, granted - 1));
  return {
    ...key,
    allowed,
    remaining: allowed ? remaining - before : 0,
    reset_at: Math.ceil(full_at + before * step),
    retry_after_seconds: allowed ? null : retry_after_seconds,
  };
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
