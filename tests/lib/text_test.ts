/** The string that every API field is made of, and what null means in a body. */
import { assertEquals } from "@std/assert";
import { text, withoutNulls } from "@/lib/api/text.ts";

Deno.test("text() counts characters as Postgres does, and refuses what is not text", () => {
  const schema = text({ min: 1, max: 2 });
  for (
    const [value, isValid] of [
      ["a", true],
      ["ab", true],
      ["😀😀", true],
      ["", false],
      ["abc", false],
      ["😀😀😀", false],
      ["\0", false],
      ["a\0", false],
      ["\ud83d", false],
      ["a\ude00", false],
      [" ", true],
      [7, false],
      [null, false],
    ] as const
  ) assertEquals(schema.safeParse(value).success, isValid, JSON.stringify(value));
});

Deno.test("withoutNulls() leaves null fields out at every depth, and array entries in their place", () => {
  assertEquals(
    withoutNulls({ a: null, b: { c: null, d: 0 }, e: [null, { f: null, g: false }], h: "" }),
    { b: { d: 0 }, e: [null, { g: false }], h: "" },
  );
  for (const value of [null, 1, "a", true, []]) assertEquals(withoutNulls(value), value);
});

Deno.test("withoutNulls() keeps a field that is called __proto__ a field", () => {
  const value = withoutNulls(JSON.parse('{"__proto__": {"polluted": true}, "a": 1}')) as object;
  assertEquals(Object.keys(value), ["__proto__", "a"]);
  assertEquals(Object.getPrototypeOf(value), Object.prototype);
  assertEquals("polluted" in {}, false);
});
