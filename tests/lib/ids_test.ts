/** Ids: UUIDv7, in the order of their making. */
import { assertEquals, assertMatch } from "@std/assert";
import { isId, makeId } from "@/lib/ids.ts";

Deno.test("makeId() makes UUIDs of version 7 that sort by their time and are never equal", () => {
  const ids = Array.from({ length: 5_000 }, makeId);
  for (const id of ids) {
    assertMatch(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
  assertEquals(ids.toSorted(), ids);
  assertEquals(new Set(ids).size, ids.length);
});

Deno.test("isId() knows a UUID from other text", () => {
  const id = makeId();
  for (
    const [text, expected] of [
      [id, true],
      [id.toUpperCase(), true],
      ["", false],
      [`${id} `, false],
      [`{${id}}`, false],
      [id.replaceAll("-", ""), false],
      ["zzzzzzzz-0000-0000-0000-000000000000", false],
    ] as const
  ) assertEquals(isId(text), expected, text);
});
