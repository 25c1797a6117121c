/** The signature of Meta's webhooks, over bytes as they are. The vectors were computed apart from the product. */
import { describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { isSignedWith, parseSignature, signatureHeader } from "@/lib/meta/webhook_signature.ts";

const SECRET = "test_app_secret";
const VECTORS = [
  {
    name: "a compact body",
    body: '{"object":"whatsapp_business_account","entry":[]}',
    hex: "dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756",
  },
  {
    name: "the same JSON with spaces",
    body: '{"object": "whatsapp_business_account", "entry": []}',
    hex: "56cbbaf4961c6cfdae48b7f116c047e5eb513d2c931baae63a2bc1afd26f803a",
  },
  {
    name: "escapes that a parser would resolve",
    body: String.raw`{"text":"\u00e4\u00f6\u00e5 a\u0040b.c https:\/\/x.y"}`,
    hex: "3ad9dd0f9f11bbd7009d51fe855051e0c979abac88e9ecdb55e5c1562ac5973f",
  },
];

const HEX = "ab".repeat(32);
const FORMS: { header: string | null; accepted: boolean }[] = [
  { header: `sha256=${HEX}`, accepted: true },
  { header: `sha256=${HEX.toUpperCase()}`, accepted: true },
  { header: null, accepted: false },
  { header: "", accepted: false },
  { header: HEX, accepted: false },
  { header: `sha1=${HEX}`, accepted: false },
  { header: `sha256=${HEX.slice(2)}`, accepted: false },
  { header: `sha256=${HEX}ab`, accepted: false },
  { header: `sha256=${HEX.slice(1)}g`, accepted: false },
  { header: `sha256=${HEX}\n`, accepted: false },
  { header: `sha256=${HEX}, sha256=${HEX}`, accepted: false },
];

describe("webhook signature", () => {
  for (const { name, body, hex } of VECTORS) {
    const bytes = new TextEncoder().encode(body);

    it(`signatureHeader signs ${name} as Meta does`, () => {
      assertEquals(signatureHeader(SECRET, bytes), `sha256=${hex}`);
    });

    it(`isSignedWith accepts ${name} with the right secret and no other`, () => {
      const signature = Uint8Array.fromHex(hex);
      assertEquals(isSignedWith(SECRET, { body: bytes, signature }), true);
      assertEquals(isSignedWith(`${SECRET} `, { body: bytes, signature }), false);
      assertEquals(isSignedWith(SECRET, { body: bytes.subarray(1), signature }), false);
    });
  }

  for (const { header, accepted } of FORMS) {
    it(`parseSignature ${accepted ? "reads" : "refuses"} ${JSON.stringify(header)}`, () => {
      assertEquals(parseSignature(header) !== null, accepted);
    });
  }
});
