/**
 * Values that have broken programs before: texts, and JSON values written as text, because some of them (1e400, ten
 * thousand levels) are no JavaScript value. Every fuzzed place draws from here.
 */
import fc from "fast-check";

/** Texts that are fine to store and send, however odd. */
export const ODD_CLEAN_TEXTS: readonly string[] = [
  " ",
  "\t\r\n",
  "\u00a0\u2003\u3000",
  "\u202eright to left\u202c",
  "\u200f\u200e\u2066x\u2069",
  "e\u0301\u0301\u0301\u0301",
  "\u0301",
  "👨‍👩‍👧‍👦🏳️‍🌈👍🏽",
  "𝒳𐍈",
  "\ufeffmark",
  "\u200b\u200d",
  "مرحبا",
  "İıßﬀ",
  "\u2028\u2029\u0085",
  "\uffff\ufffe\ufdd0",
  "\u0001\u001b[31m\u007f",
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "null",
  "undefined",
  "NaN",
  "0",
  "-1",
  "1e400",
  "true",
  "' or 1=1 --",
  "%s%n%x",
  "${7*7}{{7*7}}",
  "<script>alert(1)</script>",
  "../../etc/passwd",
  "\\\"'`",
  "a\\u0000b",
  "/reply hello",
];

/** Texts that no field may hold. */
export const ODD_DIRTY_TEXTS: readonly string[] = [
  "",
  "\0",
  "a\0b",
  "\ud800",
  "x\udfff",
  "\udc00\ud800",
];

/** Any odd text. */
export const oddText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...ODD_CLEAN_TEXTS),
  fc.constantFrom(...ODD_DIRTY_TEXTS),
  fc.string({ unit: "binary", maxLength: 12 }),
);

/** Lengths around the limits of fields, and beyond all of them. */
const LENGTHS = [36, 60, 200, 201, 254, 255, 512, 513, 1024, 1025, 2048, 2049, 4096, 4097, 32_769];

/** Texts as long as some field takes, or one more. */
export const longText: fc.Arbitrary<string> = fc.tuple(
  fc.constantFrom("x", "7", "é", "😀", "e\u0301", "\u202e"),
  fc.constantFrom(...LENGTHS),
).map(([unit, length]) => unit.repeat(Math.ceil(length / unit.length)));

function nested(levels: number, [open, close]: [string, string]): string {
  return open.repeat(levels) + "0" + close.repeat(levels);
}

const ODD_JSON_TEXTS: readonly string[] = [
  "null",
  "true",
  "false",
  "0",
  "-0",
  "-1",
  "1.5",
  "1e400",
  "-1e400",
  "1e-400",
  "18446744073709551616",
  "9007199254740993",
  "2147483648",
  "[]",
  "{}",
  "[[]]",
  "[null]",
  '[0,"",{}]',
  '"\\u0000"',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\uFEFF"',
  '{"__proto__":{"to":"+14155550123","text":"x"}}',
  '{"constructor":{"prototype":{"text":"x"}}}',
  '{"prototype":null,"__proto__":null}',
  '{"length":{"toString":1}}',
  '{"length":3,"0":"a"}',
  '{"toString":1,"valueOf":1,"toJSON":1,"then":1}',
  '{"":"","\\u0000":"\\ud800"}',
  `[${"0,".repeat(100)}0]`,
  nested(31, ["[", "]"]),
  nested(33, ['{"params":', "}"]),
];

const LARGE_JSON_TEXTS: readonly string[] = [
  nested(10_000, ["[", "]"]),
  nested(10_000, ['{"a":', "}"]),
  "[".repeat(10_000),
  `[${"0,".repeat(50_000)}0]`,
];

/** The text of any JSON value that a field does not expect. */
export const oddJsonText: fc.Arbitrary<string> = fc.oneof(
  { weight: 40, arbitrary: fc.constantFrom(...ODD_JSON_TEXTS) },
  { weight: 20, arbitrary: oddText.map((text) => JSON.stringify(text)) },
  { weight: 10, arbitrary: longText.map((text) => JSON.stringify(text)) },
  { weight: 10, arbitrary: fc.json({ maxDepth: 3, stringUnit: "binary" }) },
  { weight: 2, arbitrary: fc.constantFrom(...LARGE_JSON_TEXTS) },
);
