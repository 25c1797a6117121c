/** The Idempotency-Key header's form, and a fingerprint that does not depend on how JSON is written. */
import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ApiError } from "@/lib/api/errors.ts";
import { fingerprint, parseIdempotency } from "@/lib/api/idempotency.ts";

function hex(value: unknown): string {
  return new Uint8Array(fingerprint(value)).toHex();
}

Deno.test("parseIdempotency gives null without the header and the key with it", () => {
  assertEquals(parseIdempotency(null, {}), null);
  for (const key of ["a", "!~", "x".repeat(255), '"quoted"', "a,b"]) {
    const parsed = parseIdempotency(key, { a: 1 });
    assertEquals(parsed?.key, key);
    assertEquals(parsed?.fingerprint.length, 32);
  }
});

Deno.test("parseIdempotency refuses what is not 1 to 255 visible ASCII characters, sent once", () => {
  const twice = new Headers([["idempotency-key", "a"], ["idempotency-key", "b"]]);
  const others = ["", "a b", "a\tb", "\u00e4", "\u007f", "x".repeat(256)];
  for (const key of [twice.get("idempotency-key"), ...others]) {
    const error = assertThrows(() => parseIdempotency(key, {}), ApiError);
    assertEquals([error.status, error.code], [400, "bad_request"]);
    assertEquals(error.details, {
      issues: [{
        path: "Idempotency-Key",
        message: "Must be 1 to 255 visible ASCII characters, sent once, such as a UUID",
      }],
    });
  }
});

Deno.test("fingerprint does not depend on white space or on the order of keys at any depth", () => {
  const one = '{"to":"+1","template":{"name":"x","params":{"body":["a","b"]}},"10":1,"9":2}';
  const other = `{ "9": 2.0, "10": 1,
    "template": {"params": {"body": ["a", "\\u0062"]}, "name": "x"}, "to": "+1" }`;
  assertEquals(hex(JSON.parse(one)), hex(JSON.parse(other)));
});

Deno.test("fingerprint differs where the JSON does", () => {
  const values = [
    "{}",
    '{"a":1}',
    '{"a":"1"}',
    '{"a":null}',
    '{"a":[1,2]}',
    '{"a":[2,1]}',
    '{"a":{"b":1}}',
    '{"b":{"a":1}}',
    '{"__proto__":1}',
    '{"__proto__":{"a":1}}',
    '{"a":true}',
    '{"a":" "}',
    '{"a":"\\ud83d"}',
  ];
  const seen = new Set(values.map((value) => hex(JSON.parse(value))));
  assertEquals(seen.size, values.length);
});

Deno.test("fingerprint is the same for any JSON whose keys come in another order", () => {
  fc.assert(fc.property(fc.json({ maxDepth: 4 }), (json) => {
    const value = JSON.parse(json);
    assertEquals(hex(reversed(value)), hex(value));
    assertNotEquals(hex({ wrapped: value }), hex(value));
  }));
});

/** The same JSON with the keys of every object in reverse order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).reverse().map(([key, entry]) => [key, reversed(entry)]),
  );
}
