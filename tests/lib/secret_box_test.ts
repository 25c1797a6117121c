/** Stored secrets: readable with a configured key in their own place, and nowhere else. */
import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { SecretBox, SecretError, type SecretPlace } from "@/lib/secret_box.ts";

const FIRST = new Uint8Array(32).fill(1);
const SECOND = new Uint8Array(32).fill(2);
// The first 8 hex digits of the SHA-256 of 32 bytes of 1.
const FIRST_ID = "72cd6e84";
const PLACE: SecretPlace = { table: "things", column: "secret", accountId: "a", rowId: "r" };

Deno.test("SecretBox reads back any text, and never stores it the same way twice", () => {
  const box = new SecretBox([FIRST]);
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (secret) => {
      const stored = box.encrypt(secret, PLACE);
      assertEquals(box.decrypt(stored, PLACE), secret);
      // A second time: from memory.
      assertEquals(box.decrypt(stored, PLACE), secret);
      assertEquals(new SecretBox([FIRST]).decrypt(stored, PLACE), secret);
      assertNotEquals(box.encrypt(secret, PLACE), stored);
    }),
  );
});

Deno.test("A stored secret names its version and key and shows nothing of itself", () => {
  const stored = new SecretBox([FIRST]).encrypt("EAAsecret", PLACE);
  assert(stored.startsWith(`v1.${FIRST_ID}.`), stored);
  assertEquals(stored.split(".").length, 4);
  assert(!stored.includes("EAAsecret"));
  assert(!stored.includes(btoa("EAAsecret")));
});

Deno.test("SecretBox encrypts with the first key and decrypts with any", () => {
  const old = new SecretBox([FIRST]).encrypt("secret", PLACE);
  const both = new SecretBox([SECOND, FIRST]);
  assertEquals(both.decrypt(old, PLACE), "secret");
  assertEquals(both.isCurrent(old), false);
  const renewed = both.encrypt("secret", PLACE);
  assertEquals(both.isCurrent(renewed), true);
  assertEquals(new SecretBox([SECOND]).decrypt(renewed, PLACE), "secret");
  assertThrows(() => new SecretBox([FIRST]).decrypt(renewed, PLACE), SecretError);
});

Deno.test("A secret of an unknown key is refused with the key's name and what to do", () => {
  const stored = new SecretBox([FIRST]).encrypt("secret", PLACE);
  const error = assertThrows(() => new SecretBox([SECOND]).decrypt(stored, PLACE), SecretError);
  assert(error.message.includes(`"${FIRST_ID}", which is not in ENCRYPTION_KEY`), error.message);
});

Deno.test("A secret that was moved to another place does not decrypt, not even when it is in memory", () => {
  const box = new SecretBox([FIRST]);
  const stored = box.encrypt("secret", PLACE);
  box.decrypt(stored, PLACE);
  for (const part of ["table", "column", "accountId", "rowId"] as const) {
    const moved = { ...PLACE, [part]: "other" };
    assertThrows(() => box.decrypt(stored, moved), SecretError, "changed or moved");
  }
});

Deno.test("Whatever is changed in a stored secret is refused as a SecretError", () => {
  const box = new SecretBox([FIRST]);
  const stored = box.encrypt("a secret of some length", PLACE);
  const [version, id, iv, sealed = ""] = stored.split(".");
  const join = (...parts: (string | undefined)[]) => parts.join(".");
  for (
    const damaged of [
      "",
      "secret",
      join(version, id, iv),
      join("v2", id, iv, sealed),
      join(version, id, "", sealed),
      join(version, id, iv?.slice(2), sealed),
      join(version, id, iv, ""),
      join(version, id, iv, "AAAA"),
      join(version, id, iv, sealed.slice(4)),
      join(version, id, iv, sealed.slice(0, -4)),
      // The tag cut short: a shorter one would be easier to guess.
      join(version, id, iv, sealed.slice(-20)),
      join(version, id, iv, sealed.slice(-6)),
      join(version, id, iv, sealed, "more"),
    ]
  ) {
    const error = assertThrows(() => box.decrypt(damaged, PLACE), SecretError);
    assert(error.message.includes("things.secret"), `${damaged}: ${error.message}`);
  }
  fc.assert(
    fc.property(fc.nat(sealed.length - 2), (index) => {
      const other = sealed[index] === "A" ? "B" : "A";
      const changed = sealed.slice(0, index) + other + sealed.slice(index + 1);
      assertThrows(() => box.decrypt(join(version, id, iv, changed), PLACE), SecretError);
    }),
  );
});

Deno.test("SecretBox needs a key, and keeps on working when its memory is full", () => {
  assertThrows(() => new SecretBox([]), RangeError);
  const box = new SecretBox([FIRST]);
  for (let index = 0; index < 600; index++) {
    const place = { ...PLACE, rowId: String(index) };
    assertEquals(box.decrypt(box.encrypt(`secret ${index}`, place), place), `secret ${index}`);
  }
});
