/**
 * Replacing an API key in the database: the successor is a copy with a text of its own, and the old key goes on
 * working for a while. All of it runs in the transaction of lib/keys/rotate_key.ts.
 */
import type { TransactionSql } from "@/db/connect.ts";
import type { NewManagedKey } from "@/db/managed_keys.ts";

/** A key as it is copied into its successor; locked until the transaction ends. */
export interface RotatedKeyRow {
  name: string;
  scopes: string[];
  rate_limit: number;
  mode: "live" | "test";
  /** Neither revoked nor expired. */
  usable: boolean;
  rotated_to: string | null;
}

/** Reads a key that is about to be replaced, and keeps others from replacing it meanwhile. */
export async function lockKeyForRotation(
  tx: TransactionSql,
  key: { accountId: string; id: string },
): Promise<RotatedKeyRow | null> {
  const [locked] = await tx`
    select from api_keys where account_id = ${key.accountId} and id = ${key.id} for update
  `;
  if (locked === undefined) return null;
  // Only a statement of its own, begun after the lock, sees the successor that another transaction has just stored.
  const [row] = await tx<RotatedKeyRow[]>`
    select
      k.name, k.scopes, k.rate_limit, a.mode,
      k.revoked_at is null and (k.expires_at is null or k.expires_at > now()) as usable,
      successor.id as rotated_to
    from api_keys k
    join accounts a on a.id = k.account_id
    left join api_keys successor on successor.rotated_from = k.id
    where k.account_id = ${key.accountId} and k.id = ${key.id}
  `;
  return row ?? null;
}

/** Stores the successor of a key, valid from now for as long as that one was meant to be valid. */
export async function insertSuccessor(
  tx: TransactionSql,
  successor: NewManagedKey & { rotatedFrom: string },
): Promise<void> {
  await tx`
    insert into api_keys (
      id, account_id, name, key_hash, prefix, scopes, rate_limit, expires_at,
      created_by, created_by_email, rotated_from
    )
    select
      ${successor.id}::uuid, ${successor.accountId}::uuid, ${successor.name}, ${successor.keyHash}::bytea,
      ${successor.prefix}, ${successor.scopes}::text[], ${successor.rateLimit}::integer,
      now() + (k.expires_at - k.created_at),
      ${successor.createdBy.id}::uuid, ${successor.createdBy.email}, ${successor.rotatedFrom}::uuid
    from api_keys k
    where k.account_id = ${successor.accountId} and k.id = ${successor.rotatedFrom}
  `;
}

/** Lets a key end after a while, unless it ends before. */
export async function limitKeyLifetime(
  tx: TransactionSql,
  key: { accountId: string; id: string; seconds: number },
): Promise<void> {
  await tx`
    update api_keys
    set expires_at = least(expires_at, now() + make_interval(secs => ${key.seconds}))
    where account_id = ${key.accountId} and id = ${key.id}
  `;
}
