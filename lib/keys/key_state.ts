/** What state a key is in, from its times. Which keys may pass is decided by the database alone (`authorize_keys`). */
import type { ManagedKeyRow } from "@/db/managed_keys.ts";

/**
 * - active: works
 * - expiring: works, and ends within a week
 * - rotating: was replaced, and still works for a while
 * - expired: its time has ended
 * - revoked: was ended by a person, or by being replaced at once
 */
export type KeyState = "active" | "expiring" | "rotating" | "expired" | "revoked";

const EXPIRING_WITHIN_MS = 7 * 86_400_000;

/** The state of a key at a moment. */
export function keyState(
  key: Pick<ManagedKeyRow, "revoked_at" | "expires_at" | "rotated_to">,
  now: Date,
): KeyState {
  if (key.revoked_at !== null) return "revoked";
  if (key.expires_at === null) return key.rotated_to === null ? "active" : "rotating";
  const leftMs = key.expires_at.getTime() - now.getTime();
  if (leftMs <= 0) return "expired";
  if (key.rotated_to !== null) return "rotating";
  return leftMs <= EXPIRING_WITHIN_MS ? "expiring" : "active";
}

/** Whether a key in this state lets requests pass. */
export function isUsable(state: KeyState): boolean {
  return state === "active" || state === "expiring" || state === "rotating";
}
