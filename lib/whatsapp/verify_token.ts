/**
 * The verify tokens that are made here. They are recognised by how they begin, because only these may be shown again:
 * a word of somebody's own making might be in use elsewhere.
 */
import { randomBytes } from "node:crypto";

const START = "verify_";
const RANDOM_BYTES = 24;

/** A token for the webhook's handshake: letters, digits, "-" and "_", which survive every form and URL. */
export function makeVerifyToken(): string {
  return `${START}${randomBytes(RANDOM_BYTES).toString("base64url")}`;
}

/** Whether a token was made by `makeVerifyToken`. */
export function isOurVerifyToken(token: string): boolean {
  return token.startsWith(START) && token.length === START.length + RANDOM_BYTES / 3 * 4;
}
