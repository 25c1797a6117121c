/**
 * Bodies as bytes: JSON that is valid or nearly so, JSON of another shape, text that only looks like JSON, and bytes
 * that are no text. Sizes gather around the API's limit of 256 KiB.
 */
import fc from "fast-check";
import { MAX_BODY_BYTES } from "@/lib/api/body.ts";
import { nearlyValid } from "@/tests/fuzz/arbitraries/mutations.ts";
import { oddJsonText } from "@/tests/fuzz/arbitraries/odd_values.ts";

/** The bytes of a body. */
export type Body = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();

/** Bytes that no UTF-8 has: bare continuation, overlong, surrogate, beyond the last plane, cut off. */
const NOT_UTF8: readonly number[][] = [
  [0x80],
  [0xff, 0xfe],
  [0xc0, 0xaf],
  [0xed, 0xa0, 0x80],
  [0xf5, 0x80, 0x80, 0x80],
  [0xe2, 0x82],
];

const NOT_JSON: readonly string[] = [
  "",
  " ",
  "\n\n",
  "hello",
  "undefined",
  "NaN",
  "{to: '+14155550123'}",
  '{"to":"+14155550123",}',
  '{"to":"+14155550123"}}',
  '{"to":"+14155550123"} trailing',
  '{"to":"+14155550123"}{"to":"+14155550123"}',
  '// comment\n{"to":"+14155550123"}',
  '{"to":"+1415',
  '{"to":"line\nbreak"}',
  '{"to":"\\x41"}',
  '{"to":01}',
  '\ufeff{"to":"+14155550123","text":"Hello"}',
  "\0",
  "to=%2B14155550123&text=Hello",
  '<?xml version="1.0"?><to/>',
  "--x\r\nContent-Disposition: form-data; name=to\r\n\r\n1\r\n--x--",
];

const sizes = fc.constantFrom(
  MAX_BODY_BYTES - 1,
  MAX_BODY_BYTES,
  MAX_BODY_BYTES + 1,
  MAX_BODY_BYTES + 70_000,
  4 * MAX_BODY_BYTES,
);

/** Bodies for an endpoint that takes such objects. */
export function bodiesOf(valid: fc.Arbitrary<unknown>): fc.Arbitrary<Body> {
  const validText = valid.map((value) => JSON.stringify(value));
  return fc.oneof(
    { weight: 50, arbitrary: validText.map(encode) },
    { weight: 45, arbitrary: nearlyValid(valid).map(encode) },
    { weight: 7, arbitrary: oddJsonText.map(encode) },
    { weight: 6, arbitrary: fc.constantFrom(...NOT_JSON).map(encode) },
    { weight: 2, arbitrary: cut(validText) },
    { weight: 3, arbitrary: withBadBytes(validText) },
    {
      weight: 1,
      arbitrary: fc.uint8Array({ maxLength: 64 }).map((bytes) => new Uint8Array(bytes)),
    },
    { weight: 1, arbitrary: fc.tuple(validText, sizes).map(padded) },
    { weight: 1, arbitrary: validText.map((text) => encodeUtf16(text)) },
  );
}

function encode(text: string): Body {
  return encoder.encode(text);
}

function cut(text: fc.Arbitrary<string>): fc.Arbitrary<Body> {
  return fc.tuple(text, fc.double({ min: 0, max: 1, noNaN: true })).map(([whole, share]) => {
    const bytes = encoder.encode(whole);
    return bytes.slice(0, Math.floor(bytes.length * share));
  });
}

function withBadBytes(text: fc.Arbitrary<string>): fc.Arbitrary<Body> {
  return fc.tuple(text, fc.constantFrom(...NOT_UTF8), fc.nat()).map(([whole, bad, place]) => {
    const bytes = encoder.encode(whole);
    const at = place % (bytes.length + 1);
    return new Uint8Array([...bytes.subarray(0, at), ...bad, ...bytes.subarray(at)]);
  });
}

/** The same JSON with white space up to a size. */
function padded([text, size]: [string, number]): Body {
  const bytes = new Uint8Array(size).fill(0x20);
  bytes.set(encoder.encode(text).subarray(0, size));
  return bytes;
}

function encodeUtf16(text: string): Body {
  const units = new Uint16Array([0xfeff, ...Array.from(text, (_, at) => text.charCodeAt(at))]);
  return new Uint8Array(units.buffer);
}
