/** The form of API keys: made-up and mistyped ones are known without asking a database. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { hashKey, keyPrefix, makeKey, parseKeyMode } from "@/lib/keys/key_format.ts";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

Deno.test("makeKey() makes keys of one length with their mode and a checksum that others can compute", () => {
  for (const mode of ["live", "test"] as const) {
    const keys = Array.from({ length: 200 }, () => makeKey(mode));
    assertEquals(new Set(keys).size, keys.length);
    for (const key of keys) {
      assertMatch(key, new RegExp(`^wacrm_${mode}_[0-9A-Za-z]{49}$`));
      assertEquals(parseKeyMode(key), mode);
      assertEquals(base62(crc32(key.slice(0, -6)), 6), key.slice(-6));
    }
  }
});

Deno.test("parseKeyMode() refuses a key in which one character was mistyped", () => {
  const key = makeKey("live");
  for (let index = "wacrm_live_".length; index < key.length; index++) {
    const other = key[index] === "a" ? "b" : "a";
    assertEquals(parseKeyMode(key.slice(0, index) + other + key.slice(index + 1)), null);
  }
});

Deno.test("parseKeyMode() refuses whatever else is not a key", () => {
  const key = makeKey("live");
  for (
    const text of [
      "",
      "wacrm_live_",
      ` ${key}`,
      `${key} `,
      `${key}\n`,
      key.slice(0, -1),
      `${key}0`,
      key.toUpperCase(),
      // The other mode's name is under the checksum too.
      key.replace("live", "test"),
      key.replace("live", "prod"),
      key.replace("wacrm_", "sk_"),
      `wacrm_live_${"0".repeat(49)}`,
    ]
  ) assertEquals(parseKeyMode(text), null, text);
});

Deno.test("hashKey() is the SHA-256 of the whole key, keyPrefix() its first 8 random characters", () => {
  const key = makeKey("test");
  assertEquals(
    new Uint8Array(hashKey(key)).toHex(),
    createHash("sha256").update(key).digest("hex"),
  );
  assertEquals(keyPrefix(key), key.slice(0, 19));
  assert(keyPrefix(key).startsWith("wacrm_test_"));
});

function base62(value: number, length: number): string {
  let digits = "";
  for (let rest = value; digits.length < length; rest = Math.floor(rest / 62)) {
    digits = ALPHABET.charAt(rest % 62) + digits;
  }
  return digits;
}
