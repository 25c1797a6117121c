/**
 * Secrets that let a person in: session tokens and the tokens of one-time links. 256 random bits each, of which only
 * the SHA-256 is stored; a plain hash does, since nobody can guess them.
 */
import { createHash, randomBytes } from "node:crypto";

const TOKEN_BYTES = 32;
const FORM = /^[A-Za-z0-9_-]{43}$/;

/** A new token, safe in URLs and cookies, and what is stored of it. */
export function makeToken(): { token: string; tokenHash: Uint8Array } {
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  return { token, tokenHash: sha256(token) };
}

/** What is stored of a token; null if the text cannot be one, so that nobody asks the database for it. */
export function hashToken(text: string): Uint8Array | null {
  return FORM.test(text) ? sha256(text) : null;
}

function sha256(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
