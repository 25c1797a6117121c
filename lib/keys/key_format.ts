/**
 * The form of an API key: "wacrm_live_" or "wacrm_test_", 32 random bytes in base62 (43 characters), then a CRC32
 * of all that in base62 (6 characters). The checksum lets a mistyped or made-up key be refused without asking the
 * database, and lets secret scanners be sure of what they found.
 */
import { createHash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

/** Live keys reach Meta; test keys never do. */
export type Mode = "live" | "test";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const RANDOM_BYTES = 32;
// Enough digits for the largest value: 62^43 > 2^256 and 62^6 > 2^32.
const RANDOM_LENGTH = 43;
const CHECKSUM_LENGTH = 6;
const SHOWN_LENGTH = 8;
const FORM = new RegExp(
  `^(wacrm_(live|test)_)[0-9A-Za-z]{${RANDOM_LENGTH}}([0-9A-Za-z]{${CHECKSUM_LENGTH}})$`,
);

/** A new random key. It is shown to its owner once; only its hash and prefix are stored. */
export function makeKey(mode: Mode): string {
  const random = BigInt(`0x${randomBytes(RANDOM_BYTES).toString("hex")}`);
  const body = `wacrm_${mode}_${toBase62(random, RANDOM_LENGTH)}`;
  return body + checksum(body);
}

/** The mode of a well-formed key, or null if the text cannot be a key. */
export function parseKeyMode(text: string): Mode | null {
  const match = FORM.exec(text);
  if (match === null) return null;
  if (checksum(text.slice(0, -CHECKSUM_LENGTH)) !== match[3]) return null;
  return match[2] === "live" ? "live" : "test";
}

/** What is stored of a key: its SHA-256. A plain hash does, since the key has 256 random bits. */
export function hashKey(key: string): Uint8Array {
  return createHash("sha256").update(key).digest();
}

/** What is shown of a key: "wacrm_live_" and the first 8 random characters. */
export function keyPrefix(key: string): string {
  return key.slice(0, "wacrm_live_".length + SHOWN_LENGTH);
}

/** In plain numbers: every request has one checked. */
function checksum(body: string): string {
  let digits = "";
  for (let rest = crc32(body); digits.length < CHECKSUM_LENGTH; rest = Math.floor(rest / 62)) {
    digits = ALPHABET.charAt(rest % 62) + digits;
  }
  return digits;
}

function toBase62(value: bigint, length: number): string {
  let digits = "";
  for (let rest = value; digits.length < length; rest /= 62n) {
    digits = ALPHABET.charAt(Number(rest % 62n)) + digits;
  }
  return digits;
}
