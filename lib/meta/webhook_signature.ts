/**
 * The signature of Meta's webhooks: HMAC-SHA256 over the exact bytes of the body, keyed with the app secret, in the
 * header `X-Hub-Signature-256`. Meta sends (and signs) everything beyond ASCII as escapes, so the bytes must not be
 * decoded and encoded again before. Meta: "Webhooks, validating payloads".
 */
import { createHmac, timingSafeEqual } from "node:crypto";

const FORM = /^sha256=([0-9a-f]{64})$/i;

/** The signature in a header, or null if it has not the form of one. */
export function parseSignature(header: string | null): Uint8Array | null {
  const hex = FORM.exec(header ?? "")?.[1];
  return hex === undefined ? null : Uint8Array.fromHex(hex);
}

/** Whether this app secret made the signature; takes the same time whether it did or not. */
export function isSignedWith(
  secret: string,
  options: { body: Uint8Array; signature: Uint8Array },
): boolean {
  return timingSafeEqual(sign(secret, options.body), options.signature);
}

/** The header that Meta would send with a body. */
export function signatureHeader(secret: string, body: Uint8Array): string {
  return `sha256=${new Uint8Array(sign(secret, body)).toHex()}`;
}

function sign(secret: string, body: Uint8Array): Uint8Array {
  return createHmac("sha256", secret).update(body).digest();
}
