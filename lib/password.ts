/**
 * Hashes the passwords of people who sign in, with scrypt at the cost that OWASP's password storage guidance names
 * (N = 2^17, r = 8, p = 1: 128 MiB and a few tenths of a second). The stored text carries its parameters, so that
 * they can be raised later.
 */
import { Buffer } from "node:buffer";
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

const COST_LOG2 = 17;
const BLOCK_SIZE = 8;
const PARALLELISM = 1;
const HASH_BYTES = 32;
const SALT_BYTES = 16;

/** The shortest password that is accepted. */
export const MIN_PASSWORD_LENGTH = 12;

/** The text to store for a password. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, { salt, costLog2: COST_LOG2 });
  return ["scrypt", COST_LOG2, salt.toString("base64url"), hash.toString("base64url")].join("$");
}

/** Whether a password is the one that was stored; takes the same time whether it is or not. */
export async function isPassword(password: string, stored: string): Promise<boolean> {
  const [scheme, costLog2, salt, hash] = stored.split("$");
  if (scheme !== "scrypt" || salt === undefined || hash === undefined) return false;
  const expected = Buffer.from(hash, "base64url");
  const actual = await derive(password, {
    salt: Buffer.from(salt, "base64url"),
    costLog2: Number(costLog2),
  });
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

function derive(password: string, options: { salt: Buffer; costLog2: number }): Promise<Buffer> {
  const cost = 2 ** options.costLog2;
  const limits = {
    N: cost,
    r: BLOCK_SIZE,
    p: PARALLELISM,
    maxmem: 2 * 128 * cost * BLOCK_SIZE,
  };
  return new Promise((resolve, reject) => {
    // NFKC: the same password typed on another system may come in another normal form.
    scrypt(password.normalize("NFKC"), options.salt, HASH_BYTES, limits, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
