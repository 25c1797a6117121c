/** API keys that must not work, and the database changes that make a good key one of them. */
import { makeKey } from "@/lib/keys/key_format.ts";
import type { Harness } from "@/tests/helpers/harness.ts";

/** A key that this server never made, well-formed down to its checksum. */
export function unknownKey(mode: "live" | "test" = "live"): string {
  return makeKey(mode);
}

/** The key with one random character changed, as by a slip of the pen: its checksum no longer fits. */
export function mistypedKey(key: string): string {
  const at = "wacrm_live_".length + 20;
  const other = key.charAt(at) === "a" ? "b" : "a";
  return key.slice(0, at) + other + key.slice(at + 1);
}

/** Revokes a key as the admin UI and the CLI do. */
export async function revokeKey(harness: Harness, keyId: string): Promise<void> {
  await harness.query("update api_keys set revoked_at = now() where id = $1", [keyId]);
}

/** Lets a key's expiry be one second ago. */
export async function expireKey(harness: Harness, keyId: string): Promise<void> {
  await harness.query(
    "update api_keys set expires_at = now() - interval '1 second' where id = $1",
    [keyId],
  );
}
