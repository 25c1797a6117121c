/**
 * The Idempotency-Key header and the fingerprint of the body that it was used with. What a key stands for is decided
 * in the database, together with the message (db/migrations/0016_begin_sends.sql).
 */
import { createHash } from "node:crypto";
import { invalidInput } from "@/lib/api/errors.ts";

/** A key and what it was used with. */
export interface Idempotency {
  key: string;
  /** SHA-256 of the body. */
  fingerprint: Uint8Array;
}

// Visible ASCII. A header that was sent twice arrives joined by ", ", and the space refuses it.
const KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * The key of a request with what it is used with, or null if it has none.
 *
 * @param key the value of the header
 * @throws ApiError bad_request when the key is malformed
 */
export function parseIdempotency(key: string | null, body: unknown): Idempotency | null {
  if (key === null) return null;
  if (!KEY.test(key)) {
    throw invalidInput([{
      path: "Idempotency-Key",
      message: "Must be 1 to 255 visible ASCII characters, sent once, such as a UUID",
    }]);
  }
  return { key, fingerprint: fingerprint(body) };
}

/** SHA-256 of a JSON value with the keys of its objects sorted: white space and order do not matter. */
export function fingerprint(value: unknown): Uint8Array {
  return createHash("sha256").update(JSON.stringify(value, sortKeys) ?? "null").digest();
}

function sortKeys(_name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  // "fromEntries" keeps a key named "__proto__" an ordinary key; an assignment would not.
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
