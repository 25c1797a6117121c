/**
 * API keys that were good a moment ago. They save a round trip and decide nothing: whoever is handed a key from here has
 * it proved by the database in the same statement that does the first thing for it (`begin_sends`), so that a revoked
 * key is refused from the next request on, on every instance. Only keys without a rate limit: the others have to be
 * counted before anything else.
 */
import type { AuthorizedKey } from "@/db/api_keys.ts";

const MAX_KEYS = 1_000;
const MAX_AGE_MS = 60_000;

interface KnownKey {
  key: AuthorizedKey;
  /** On the clock of `performance.now()`. */
  until: number;
}

/** The proof that a known key is still good, owed to the request that it came with. */
export class KeyProof {
  /** SHA-256 of the key's text. */
  readonly keyHash: Uint8Array;
  /** True once the database has found the key to be good. */
  proved = false;

  constructor(keyHash: Uint8Array) {
    this.keyHash = keyHash;
  }
}

/** A known key has changed: it has to be looked at anew. Nothing was done. */
export class KeyRefusedError extends Error {
  override name = "KeyRefusedError";
}

/** The keys, by their hash. */
export class KnownKeys {
  readonly #keys = new Map<string, KnownKey>();

  /** How many there are. */
  get size(): number {
    return this.#keys.size;
  }

  /** The key with this hash, if it was good a moment ago. */
  find(keyHash: Uint8Array): AuthorizedKey | null {
    const name = nameOf(keyHash);
    const known = this.#keys.get(name);
    if (known === undefined) return null;
    if (known.until > performance.now()) return known.key;
    this.#keys.delete(name);
    return null;
  }

  /** Takes a key that the database has just found to be good. */
  remember(keyHash: Uint8Array, key: AuthorizedKey): void {
    const name = nameOf(keyHash);
    this.#keys.delete(name);
    if (key.rate_limit !== 0) return;
    const [oldest] = this.#keys.keys();
    if (this.#keys.size >= MAX_KEYS && oldest !== undefined) this.#keys.delete(oldest);
    this.#keys.set(name, { key, until: performance.now() + MAX_AGE_MS });
  }

  /** Drops a key that is no longer what it was. */
  forget(keyHash: Uint8Array): void {
    this.#keys.delete(nameOf(keyHash));
  }
}

function nameOf(keyHash: Uint8Array): string {
  return keyHash.toHex();
}
