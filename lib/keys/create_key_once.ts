/**
 * Creates the key that a form asks for, once: a form that is sent again (a reload, a second click, a retry by the
 * browser) finds the key that it has made, without its text, which nobody has any more.
 */
import type { Sql } from "@/db/connect.ts";
import { type Actor, insertKeyOfForm } from "@/db/managed_keys.ts";
import { makeId } from "@/lib/ids.ts";
import type { NewKey } from "@/lib/keys/create_key.ts";
import { hashKey, keyPrefix, makeKey, type Mode } from "@/lib/keys/key_format.ts";
import type { Scope } from "@/lib/keys/scopes.ts";

const DAY_MS = 86_400_000;

/** What came of it. */
export type CreatedOnce =
  | { outcome: "created"; key: NewKey }
  | { outcome: "already_created"; id: string };

/** Stores a new key. The mode must be that of the account. */
export async function createKeyOnce(
  sql: Sql,
  options: {
    accountId: string;
    mode: Mode;
    /** A UUID that the form was given when it was shown. */
    formToken: string;
    name: string;
    scopes: Scope[];
    /** Requests a minute; 0 is unlimited. */
    rateLimit: number;
    /** Null: never. */
    expiresInDays: number | null;
    createdBy: Actor;
  },
): Promise<CreatedOnce> {
  const text = makeKey(options.mode);
  const created = { id: makeId(), prefix: keyPrefix(text), scopes: options.scopes };
  const earlierId = await insertKeyOfForm(sql, {
    ...created,
    accountId: options.accountId,
    name: options.name,
    keyHash: hashKey(text),
    rateLimit: options.rateLimit,
    expiresAt: options.expiresInDays === null
      ? null
      : new Date(Date.now() + options.expiresInDays * DAY_MS),
    createdBy: options.createdBy,
    formToken: options.formToken,
  });
  return earlierId === null
    ? { outcome: "created", key: { ...created, key: text } }
    : { outcome: "already_created", id: earlierId };
}
