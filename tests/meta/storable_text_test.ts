/** What Postgres would refuse is replaced, everywhere in a value. */
import { describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { toStorable } from "@/lib/meta/storable_text.ts";

describe("toStorable()", () => {
  it("replaces NUL and halves of surrogate pairs in texts, lists and objects, names included", () => {
    assertEquals(
      toStorable({ "a\0": ["x\0y", { b: "\ud83d" }], c: "\udc4d!" }),
      { "a\uFFFD": ["x\uFFFDy", { b: "\uFFFD" }], c: "\uFFFD!" },
    );
  });

  it("leaves everything else as it is", () => {
    const value = { text: "Ünï👍\n\t", number: 1.5, yes: true, none: null, list: [[], {}] };
    assertEquals(toStorable(value), value);
  });
});
