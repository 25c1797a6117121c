/**
 * Replaces a key: a new one with the same name, scopes and limit works from now on, the old one goes on for a while,
 * so that programs can change over one by one. A key is replaced once; its successor can be replaced in turn.
 */
import type { Sql } from "@/db/connect.ts";
import { insertSuccessor, limitKeyLifetime, lockKeyForRotation } from "@/db/key_rotation.ts";
import { type Actor, revokeManagedKey } from "@/db/managed_keys.ts";
import { transaction } from "@/db/transaction.ts";
import { makeId } from "@/lib/ids.ts";
import type { NewKey } from "@/lib/keys/create_key.ts";
import { hashKey, keyPrefix, makeKey } from "@/lib/keys/key_format.ts";
import { isScope } from "@/lib/keys/scopes.ts";

/** How long the old key may go on, by the name that the form has for it. */
export const OVERLAP_SECONDS = { now: 0, "1h": 3_600, "24h": 86_400, "7d": 604_800 } as const;

export type Overlap = keyof typeof OVERLAP_SECONDS;

/** What came of it. `ended`: the key was revoked or had expired. */
export type Rotation =
  | { outcome: "rotated"; key: NewKey; name: string }
  | { outcome: "already_rotated"; id: string }
  | { outcome: "ended" }
  | { outcome: "not_found" };

/** Replaces a key of an account. The new one is valid for as long as the old one was meant to be. */
export async function rotateKey(
  sql: Sql,
  options: { accountId: string; id: string; overlap: Overlap; rotatedBy: Actor },
): Promise<Rotation> {
  const { accountId, id, rotatedBy } = options;
  return await transaction<Rotation>(sql, async (tx) => {
    const old = await lockKeyForRotation(tx, { accountId, id });
    if (old === null) return { outcome: "not_found" };
    if (old.rotated_to !== null) return { outcome: "already_rotated", id: old.rotated_to };
    if (!old.usable) return { outcome: "ended" };
    const text = makeKey(old.mode);
    const created = { id: makeId(), prefix: keyPrefix(text), scopes: old.scopes.filter(isScope) };
    await insertSuccessor(tx, {
      ...created,
      accountId,
      name: old.name,
      keyHash: hashKey(text),
      rateLimit: old.rate_limit,
      createdBy: rotatedBy,
      rotatedFrom: id,
    });
    const seconds = OVERLAP_SECONDS[options.overlap];
    if (seconds === 0) await revokeManagedKey(tx, { accountId, id, revokedBy: rotatedBy });
    else await limitKeyLifetime(tx, { accountId, id, seconds });
    return { outcome: "rotated", key: { ...created, key: text }, name: old.name };
  });
}
