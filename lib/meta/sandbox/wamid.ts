/**
 * Makes the ids that Meta gives to messages: "wamid." and base64 of a short
 * header, the recipient's number and random digits, well below the 128
 * characters that Meta allows. Callers must treat a wamid as opaque.
 */

/** Returns `count` bytes that nobody can guess. */
export type RandomBytes = (count: number) => Uint8Array;

/** The configured source of random bytes, or the system's. */
export function randomBytesOf(
  options: { randomBytes?: RandomBytes },
): RandomBytes {
  return options.randomBytes ??
    ((count) => crypto.getRandomValues(new Uint8Array(count)));
}

/** Makes a new id; `digits` is the recipient's number, "" for a BSUID. */
export function makeWamid(digits: string, randomBytes: RandomBytes): string {
  const unique = randomBytes(16).toHex().toUpperCase();
  const bytes = new TextEncoder().encode(
    `\x1c\x18${String.fromCharCode(digits.length)}${digits}\x15\x02\x18 ${unique}`,
  );
  return `wamid.${bytes.toBase64()}`;
}
