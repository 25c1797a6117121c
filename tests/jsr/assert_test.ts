/**
 * Proves the stand-in for `@std/assert`: what is equal and what is not, and
 * that each assertion passes and fails where the published one does. The
 * verdicts are taken with plain comparisons, so that a broken assertion cannot
 * hide its own fault.
 */
import * as std from "@std/assert";

function mustHold(holds: boolean, what: string): void {
  if (!holds) throw new Error(`Does not hold: ${what}`);
}

function messageOf(fn: () => unknown): string | null {
  try {
    fn();
  } catch (error) {
    mustHold(error instanceof std.AssertionError, `AssertionError: ${error}`);
    return error instanceof Error ? error.message : "";
  }
  return null;
}

class Point {
  constructor(readonly x: number) {}
}

function selfContaining(name: string): Record<string, unknown> {
  const value: Record<string, unknown> = { name };
  value.self = value;
  return value;
}

const EQUAL: [string, unknown, unknown][] = [
  ["nested objects in any order", { a: 1, b: [{ c: 2 }] }, {
    b: [{ c: 2 }],
    a: 1,
  }],
  ["NaN", [NaN], [NaN]],
  ["0 and -0", 0, -0],
  ["dates", new Date(5), new Date(5)],
  ["invalid dates", new Date(NaN), new Date(NaN)],
  ["expressions", /a/g, /a/g],
  ["URLs", new URL("http://a/"), new URL("http://a/")],
  ["sets in any order", new Set([1, 2]), new Set([2, 1])],
  ["sets of objects", new Set([{ a: 1 }, { a: 2 }]), new Set([{ a: 2 }, { a: 1 }])],
  ["maps", new Map([["a", { b: 1 }]]), new Map([["a", { b: 1 }]])],
  ["maps with object keys", new Map([[{ k: 1 }, 1]]), new Map([[{ k: 1 }, 1]])],
  ["typed arrays", new Uint8Array([1, 2]), new Uint8Array([1, 2])],
  ["instances", new Point(1), new Point(1)],
  ["an object without prototype", Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  ["cycles", selfContaining("a"), selfContaining("a")],
  ["symbols as keys", { [Symbol.for("k")]: 1 }, { [Symbol.for("k")]: 1 }],
  ["errors", new TypeError("a"), new TypeError("a")],
];

const UNEQUAL: [string, unknown, unknown][] = [
  ["different values", { a: 1 }, { a: 2 }],
  ["a missing key", { a: 1 }, {}],
  ["undefined and a missing key", { a: undefined }, {}],
  ["undefined under another key", { a: undefined }, { b: undefined }],
  ["a number and its text", 1, "1"],
  ["null and undefined", null, undefined],
  ["an array and an object", [1], { 0: 1 }],
  ["arrays of other length", [1, 2], [1]],
  ["dates", new Date(5), new Date(6)],
  ["flags", /a/g, /a/i],
  ["sets", new Set([1]), new Set([2])],
  [
    "sets where one member answers twice",
    new Set([{ a: 1 }, { a: 1 }]),
    new Set([{ a: 1 }, { a: 2 }]),
  ],
  ["maps", new Map([["a", 1]]), new Map([["a", 2]])],
  ["maps with other keys", new Map([["a", 1]]), new Map([["b", 1]])],
  ["typed arrays", new Uint8Array([1]), new Uint8Array([2])],
  ["an instance and a plain object", new Point(1), { x: 1 }],
  ["cycles", selfContaining("a"), selfContaining("b")],
  ["error messages", new Error("a"), new Error("b")],
];

for (const [what, a, b] of EQUAL) {
  Deno.test(`equal() accepts ${what}`, () => {
    mustHold(std.equal(a, b) && std.equal(b, a), "equal both ways");
    std.assertEquals(a, b);
    mustHold(messageOf(() => std.assertNotEquals(a, b)) !== null, "not equal");
  });
}

for (const [what, a, b] of UNEQUAL) {
  Deno.test(`equal() tells apart ${what}`, () => {
    mustHold(!std.equal(a, b) && !std.equal(b, a), "unequal both ways");
    std.assertNotEquals(a, b);
    mustHold(messageOf(() => std.assertEquals(a, b)) !== null, "assertEquals");
  });
}

Deno.test("assertEquals() shows which lines differ and the caller's message", () => {
  const message = messageOf(() =>
    std.assertEquals({ a: 1, b: 2, c: 3 }, { a: 1, b: 5, c: 3 }, "my words")
  );
  mustHold(
    /\n {2} {2}a: 1,\n- {3}b: 2,\n\+ {3}b: 5,\n {2} {2}c: 3,/.test(message ?? ""),
    `${message}`,
  );
  mustHold(message?.endsWith("my words") === true, "own message");
});

const passing: [string, () => unknown][] = [
  ["assert() a truthy value", () => std.assert(1)],
  ["assertFalse() a falsy value", () => std.assertFalse(0)],
  ["assertExists() zero", () => std.assertExists(0)],
  ["assertStrictEquals() the same", () => std.assertStrictEquals(NaN, NaN)],
  ["assertInstanceOf() a subclass", () => std.assertInstanceOf(new TypeError(), Error)],
  ["assertMatch() a match", () => std.assertMatch("abc", /b/)],
  ["assertNotMatch() no match", () => std.assertNotMatch("abc", /x/)],
  ["assertStringIncludes() a part", () => std.assertStringIncludes("abc", "bc")],
  [
    "assertArrayIncludes() equal members",
    () => std.assertArrayIncludes([{ a: 1 }, { a: 2 }], [{ a: 2 }]),
  ],
  [
    "assertObjectMatch() a deep subset",
    () => std.assertObjectMatch({ a: { b: 1, c: 2 }, d: [1, 2], e: 0 }, { a: { b: 1 }, d: [1, 2] }),
  ],
  ["assertObjectMatch() a cycle", () => std.assertObjectMatch(selfContaining("a"), { name: "a" })],
  ["assertGreater() more", () => std.assertGreater(2, 1)],
  ["assertGreaterOrEqual() as much", () => std.assertGreaterOrEqual(1, 1)],
  ["assertLess() less", () => std.assertLess(1, 2)],
  ["assertLessOrEqual() as much", () => std.assertLessOrEqual(1, 1)],
  ["assertAlmostEquals() within 1e-7", () => std.assertAlmostEquals(0.1 + 0.2, 0.3)],
  ["assertAlmostEquals() within a tolerance", () => std.assertAlmostEquals(1, 1.4, 0.5)],
  [
    "assertThrows() a class and text",
    () => std.assertThrows(() => decodeURI("%"), URIError, "malformed"),
  ],
  ["assertThrows() anything", () => std.assertThrows(() => fail("thrown"))],
  [
    "assertIsError() class and expression",
    () => std.assertIsError(new RangeError("far out"), RangeError, /out$/),
  ],
  ["assertObjectMatch() parts of one object at two places", () => {
    const shared = { a: 1, b: 2 };
    const expected = { x: { a: 1 }, y: { b: 2 } };
    std.assertObjectMatch({ x: shared, y: shared }, expected);
  }],
];

const failing: [string, () => unknown][] = [
  ["assert() a falsy value", () => std.assert("")],
  ["assertFalse() a truthy value", () => std.assertFalse("a")],
  ["assertExists() null", () => std.assertExists(null)],
  ["assertExists() undefined", () => std.assertExists(undefined)],
  ["assertStrictEquals() equal objects", () => std.assertStrictEquals({}, {})],
  ["assertStrictEquals() 0 and -0", () => std.assertStrictEquals(0, -0)],
  ["assertInstanceOf() another class", () => std.assertInstanceOf(new Error(), TypeError)],
  ["assertMatch() no match", () => std.assertMatch("abc", /x/)],
  ["assertNotMatch() a match", () => std.assertNotMatch("abc", /b/)],
  ["assertStringIncludes() no part", () => std.assertStringIncludes("abc", "x")],
  ["assertArrayIncludes() a missing member", () => std.assertArrayIncludes([1], [1, 2])],
  ["assertObjectMatch() a missing key", () => std.assertObjectMatch({ a: 1 }, { b: 1 })],
  [
    "assertObjectMatch() another deep value",
    () => std.assertObjectMatch({ a: { b: 1 } }, { a: { b: 2 } }),
  ],
  [
    "assertObjectMatch() a list that is too short",
    () => std.assertObjectMatch({ a: [1] }, { a: [1, 2] }),
  ],
  ["assertGreater() as much", () => std.assertGreater(1, 1)],
  ["assertGreaterOrEqual() less", () => std.assertGreaterOrEqual(0, 1)],
  ["assertLess() as much", () => std.assertLess(1, 1)],
  ["assertLessOrEqual() more", () => std.assertLessOrEqual(2, 1)],
  ["assertAlmostEquals() beyond", () => std.assertAlmostEquals(1, 1.1)],
  ["assertThrows() a function that returns", () => std.assertThrows(() => 1)],
  ["assertThrows() another class", () => std.assertThrows(() => decodeURI("%"), TypeError)],
  ["assertThrows() another text", () => std.assertThrows(() => decodeURI("%"), URIError, "xyz")],
  ["assertThrows() a text thrown for an error", () => std.assertThrows(() => fail("a"), Error)],
  ["assertIsError() a text", () => std.assertIsError("no error")],
  ["fail()", () => std.fail("words")],
  ["unreachable()", () => std.unreachable()],
];

/** Throws what is not an error, as careless libraries do. */
function fail(text: string): never {
  throw text;
}

for (const [what, run] of passing) {
  Deno.test(`${what}: passes`, () => {
    mustHold(messageOf(run) === null, what);
  });
}

for (const [what, run] of failing) {
  Deno.test(`${what}: fails`, () => {
    mustHold(messageOf(run) !== null, what);
  });
}

Deno.test("assertRejects() gives the error, and fails if nothing is rejected", async () => {
  const error = await std.assertRejects(
    () => Promise.reject(new RangeError("too far")),
    RangeError,
    "far",
  );
  mustHold(error.message === "too far", "the error is returned");
  for (
    const refused of [
      () => std.assertRejects(() => Promise.resolve(1)),
      () => std.assertRejects(() => Promise.reject(new Error("a")), TypeError),
      () => std.assertRejects(() => fail("synchronous")),
    ]
  ) {
    const outcome = await refused().then(() => null, (error) => error);
    mustHold(outcome instanceof std.AssertionError, String(refused));
  }
});
