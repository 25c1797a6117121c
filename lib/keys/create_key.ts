/** Creates API keys. The key's text exists only in the answer of this function. */
import type { Sql } from "@/db/connect.ts";
import { insertApiKey } from "@/db/api_keys.ts";
import { makeId } from "@/lib/ids.ts";
import { hashKey, keyPrefix, makeKey, type Mode } from "@/lib/keys/key_format.ts";
import type { Scope } from "@/lib/keys/scopes.ts";

/** The bounds of what a key may be given. */
export const KEY_LIMITS = {
  nameLength: 80,
  rateLimit: 1_000_000,
  expiresInDays: 365,
  defaultRateLimit: 120,
} as const;

const DAY_MS = 86_400_000;

/** A key, just made. */
export interface NewKey {
  id: string;
  /** To be shown once. */
  key: string;
  prefix: string;
  scopes: Scope[];
}

/** Stores a new key. The mode must be that of the account. */
export async function createKey(
  sql: Sql,
  options: {
    accountId: string;
    mode: Mode;
    name: string;
    scopes: Scope[];
    /** Requests a minute; 0 is unlimited. */
    rateLimit: number;
    /** Null: never. */
    expiresInDays: number | null;
  },
): Promise<NewKey> {
  const key = makeKey(options.mode);
  const created = { id: makeId(), prefix: keyPrefix(key), scopes: [...new Set(options.scopes)] };
  await insertApiKey(sql, {
    ...created,
    accountId: options.accountId,
    name: options.name,
    keyHash: hashKey(key),
    rateLimit: options.rateLimit,
    expiresAt: options.expiresInDays === null
      ? null
      : new Date(Date.now() + options.expiresInDays * DAY_MS),
  });
  return { ...created, key };
}
