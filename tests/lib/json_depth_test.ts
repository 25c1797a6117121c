/** The depth of JSON is told without a recursion, however deep it is. */
import { assertEquals } from "@std/assert";
import { isDeeperThan } from "@/lib/json_depth.ts";

Deno.test("isDeeperThan() counts objects and arrays, and nothing else as a level", () => {
  const cases: [unknown, number][] = [
    [null, 0],
    ["text", 0],
    [{}, 1],
    [[1, "x", null], 1],
    [{ a: [], b: "x" }, 2],
    [[[], { a: { b: 1 } }], 3],
  ];
  for (const [value, depth] of cases) {
    assertEquals(isDeeperThan(value, depth), false, JSON.stringify(value));
    assertEquals(isDeeperThan(value, depth - 1), depth > 0, JSON.stringify(value));
  }
});

Deno.test("isDeeperThan() takes a million levels", () => {
  for (const [open, close] of [["[", "]"], ['{"a":', "}"]] as const) {
    const value = JSON.parse(open.repeat(1_000_000) + "{}" + close.repeat(1_000_000));
    assertEquals(isDeeperThan(value, 100), true);
    assertEquals(isDeeperThan(value, 1_000_001), false);
  }
});
