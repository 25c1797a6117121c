/**
 * Where the keys of `SecretBox` come from: ENCRYPTION_KEY, or with the embedded database a file in DATA_DIR that is
 * generated once. Losing that file loses the stored WhatsApp credentials, so a backup has to include it.
 */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { SecretError } from "@/lib/secret_box.ts";

const KEY_BYTES = 32;
const FILE_NAME = "encryption_key";

/** A key from its base64 form, or null if it is not 32 bytes in base64. */
export function parseEncryptionKey(text: string): Uint8Array | null {
  if (!/^[A-Za-z0-9+/]{43}=$/.test(text)) return null;
  const key = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  return key.length === KEY_BYTES ? key : null;
}

/**
 * The key in DATA_DIR, made at the first call (readable by this user alone).
 *
 * @throws SecretError when the file holds something else than a key
 */
export async function loadOrCreateKeyFile(
  dataDir: string,
): Promise<Uint8Array> {
  const path = join(dataDir, FILE_NAME);
  try {
    const key = parseEncryptionKey((await Deno.readTextFile(path)).trim());
    if (key === null) {
      throw new SecretError(
        `The file "${path}" does not hold an encryption key: restore it from a backup`,
      );
    }
    return key;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const key = randomBytes(KEY_BYTES);
  // Written under another name and renamed: a process that is killed half-way leaves no half key behind.
  const draft = `${path}.new`;
  await Deno.writeTextFile(draft, `${key.toString("base64")}\n`, {
    mode: 0o600,
  });
  await Deno.rename(draft, path);
  return new Uint8Array(key);
}
