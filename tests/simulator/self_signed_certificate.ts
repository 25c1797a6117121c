/**
 * Makes a fresh self-signed TLS certificate, so that no private key lies in the
 * repository. Writes the few DER structures of X.509 by hand (RFC 5280): ECDSA
 * P-256, for the host name "localhost", valid from 2020 to 2049.
 */

/** A certificate and its key as PEM texts. */
export interface CertificatePair {
  cert: string;
  key: string;
}

// DER of the object identifiers (RFC 5480, RFC 5758, X.520 common name).
const ECDSA_WITH_SHA256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const COMMON_NAME = [0x55, 0x04, 0x03];
const SUBJECT_ALTERNATIVE_NAME = [0x55, 0x1d, 0x11];

/** Makes a certificate that no client trusts unless told to. */
export async function makeSelfSignedCertificate(): Promise<CertificatePair> {
  const keys = await crypto.subtle.generateKey(
    { name: "ECDSA", namedCurve: "P-256" },
    true,
    ["sign", "verify"],
  );
  const algorithm = der(0x30, der(0x06, ECDSA_WITH_SHA256));
  const name = der(
    0x30,
    der(
      0x31,
      der(0x30, [...der(0x06, COMMON_NAME), ...der(0x0c, ascii("localhost"))]),
    ),
  );
  const validity = der(0x30, [
    ...der(0x17, ascii("200101000000Z")),
    ...der(0x17, ascii("491231235959Z")),
  ]);
  const alternativeName = der(0x30, [
    ...der(0x06, SUBJECT_ALTERNATIVE_NAME),
    ...der(0x04, der(0x30, der(0x82, ascii("localhost")))),
  ]);
  const publicKey = await crypto.subtle.exportKey("spki", keys.publicKey);
  const toBeSigned = der(0x30, [
    ...der(0xa0, der(0x02, [2])),
    ...der(0x02, [1]),
    ...algorithm,
    ...name,
    ...validity,
    ...name,
    ...new Uint8Array(publicKey),
    ...der(0xa3, der(0x30, alternativeName)),
  ]);
  const signature = await crypto.subtle.sign(
    { name: "ECDSA", hash: "SHA-256" },
    keys.privateKey,
    new Uint8Array(toBeSigned),
  );
  const certificate = der(0x30, [
    ...toBeSigned,
    ...algorithm,
    ...der(0x03, [0, ...signatureDer(new Uint8Array(signature))]),
  ]);
  const privateKey = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    cert: pem("CERTIFICATE", certificate),
    key: pem("PRIVATE KEY", [...new Uint8Array(privateKey)]),
  };
}

function der(tag: number, content: number[]): number[] {
  const { length } = content;
  if (length < 0x80) return [tag, length, ...content];
  if (length < 0x100) return [tag, 0x81, length, ...content];
  return [tag, 0x82, length >> 8, length & 0xff, ...content];
}

// WebCrypto gives r and s side by side; X.509 wants two DER integers.
function signatureDer(raw: Uint8Array): number[] {
  return der(0x30, [
    ...derInteger([...raw.subarray(0, 32)]),
    ...derInteger([...raw.subarray(32)]),
  ]);
}

function derInteger(bytes: number[]): number[] {
  const start = bytes.findIndex((byte) => byte !== 0);
  const digits = bytes.slice(start);
  // A leading bit of 1 would read as a negative number.
  return der(0x02, (digits[0] ?? 0) >= 0x80 ? [0, ...digits] : digits);
}

function ascii(text: string): number[] {
  return [...new TextEncoder().encode(text)];
}

function pem(label: string, bytes: number[]): string {
  const base64 = new Uint8Array(bytes).toBase64();
  const lines = base64.match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
