/**
 * Encrypts the secrets that the database keeps (AES-256-GCM, NIST SP 800-38D). Each is bound to its place — table,
 * column, account and row — so that a ciphertext copied into another row does not decrypt. The stored text names the
 * key that made it, which is what lets several keys be in use during a rotation.
 */
import { Buffer } from "node:buffer";
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";

/** The place a secret belongs to; all of it is authenticated. */
export interface SecretPlace {
  table: string;
  column: string;
  accountId: string;
  rowId: string;
}

/** A secret that no configured key can read; the message names what to do and nothing of the secret. */
export class SecretError extends Error {
  override name = "SecretError";
}

const VERSION = "v1";
const IV_BYTES = 12;
const TAG_BYTES = 16;
// Decrypted texts kept in memory, because every send needs the same access token again.
const CACHE_LIMIT = 256;

/** Encrypts with the first key, decrypts with any. */
export class SecretBox {
  readonly #keys: Map<string, Uint8Array>;
  readonly #firstKeyId: string;
  readonly #cache = new Map<string, string>();

  /** @param keys at least one key of 32 bytes */
  constructor(keys: Uint8Array[]) {
    const [first] = keys;
    if (first === undefined) {
      throw new RangeError("A SecretBox needs at least one key");
    }
    this.#firstKeyId = keyId(first);
    this.#keys = new Map(keys.map((key) => [keyId(key), key]));
  }

  /** The text to store: version, key id, nonce and ciphertext with its tag, separated by dots. */
  encrypt(plaintext: string, place: SecretPlace): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(
      "aes-256-gcm",
      this.#key(this.#firstKeyId),
      iv,
    );
    cipher.setAAD(associatedData(place));
    const sealed = Buffer.concat([
      cipher.update(plaintext, "utf8"),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
    return [
      VERSION,
      this.#firstKeyId,
      iv.toString("base64url"),
      sealed.toString("base64url"),
    ].join(".");
  }

  /**
   * The secret behind a stored text.
   *
   * @throws SecretError when its key is not configured, or it was changed or belongs to another place
   */
  decrypt(stored: string, place: SecretPlace): string {
    const cacheKey = `${stored} ${nameOf(place)}`;
    const known = this.#cache.get(cacheKey);
    if (known !== undefined) return known;
    const [version, id = "", nonce = "", sealed = "", ...more] = stored.split(".");
    const iv = Buffer.from(nonce, "base64url");
    const bytes = Buffer.from(sealed, "base64url");
    // A tag cut short would be easier to guess, and node:crypto takes one.
    const isWhole = iv.length === IV_BYTES && bytes.length >= TAG_BYTES && more.length === 0;
    if (version !== VERSION || !isWhole) {
      throw new SecretError(
        `The stored secret in ${place.table}.${place.column} is damaged`,
      );
    }
    const decipher = createDecipheriv("aes-256-gcm", this.#key(id), iv);
    decipher.setAAD(associatedData(place));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    let plaintext: string;
    try {
      plaintext = Buffer.concat([
        decipher.update(bytes.subarray(0, -TAG_BYTES)),
        decipher.final(),
      ]).toString("utf8");
    } catch (cause) {
      throw new SecretError(
        `The stored secret in ${place.table}.${place.column} does not decrypt: it was changed or moved`,
        { cause },
      );
    }
    if (this.#cache.size >= CACHE_LIMIT) this.#cache.clear();
    this.#cache.set(cacheKey, plaintext);
    return plaintext;
  }

  /** Whether a stored text was made with the first key, which is what a rotation is after. */
  isCurrent(stored: string): boolean {
    return stored.startsWith(`${VERSION}.${this.#firstKeyId}.`);
  }

  #key(id: string): Uint8Array {
    const key = this.#keys.get(id);
    if (key !== undefined) return key;
    throw new SecretError(
      `A stored secret was encrypted with the key "${id}", which is not in ENCRYPTION_KEY: add that key again ` +
        "(several are separated by commas)",
    );
  }
}

/** The public name of a key: the first 8 hex digits of its SHA-256. */
function keyId(key: Uint8Array): string {
  return createHash("sha256").update(key).digest("hex").slice(0, 8);
}

function associatedData(place: SecretPlace): Buffer {
  return Buffer.from(nameOf(place));
}

function nameOf({ table, column, accountId, rowId }: SecretPlace): string {
  return JSON.stringify([table, column, accountId, rowId]);
}
