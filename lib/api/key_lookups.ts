/** Looks API keys up for requests, those of requests that come at the same time in one statement. */
import { type AuthorizedKey, authorizeKeys } from "@/db/api_keys.ts";
import { Batcher } from "@/db/batcher.ts";
import type { Database } from "@/db/connect.ts";

/** How long the database may take to tell whether a key is good. */
const TIMEOUT_MS = 5_000;
const KEYS_A_STATEMENT = 200;
/** Somebody who holds a key's row holds up the requests with that key alone. */
const LOCK_TIMEOUT_MS = 250;

/** The look-ups. */
export class KeyLookups {
  readonly #batcher: Batcher<Uint8Array, AuthorizedKey | null>;

  constructor(db: Pick<Database, "sql" | "lanes">) {
    this.#batcher = new Batcher({
      name: "SELECT authorize_keys",
      sql: db.sql,
      lanes: db.lanes,
      run: (sql, hashes, { isAlone }) =>
        authorizeKeys(sql, hashes, { lockTimeoutMs: isAlone ? null : LOCK_TIMEOUT_MS }),
      timeoutMs: TIMEOUT_MS,
      maxInputs: KEYS_A_STATEMENT,
      maxSize: KEYS_A_STATEMENT,
      sizeOf: () => 1,
    });
  }

  /**
   * Finds a key by the SHA-256 of its text as it is now, and takes one request from its rate limit.
   *
   * @returns null: no such key
   * @throws DatabaseUnavailableError
   */
  authorize(keyHash: Uint8Array): Promise<AuthorizedKey | null> {
    return this.#batcher.do(keyHash);
  }
}
