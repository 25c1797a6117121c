/** Passwords: only the right one passes, whatever keyboard it was typed on. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { hashPassword, isPassword } from "@/lib/password.ts";

Deno.test("isPassword() takes the right password and no other, and hashes differ for equal passwords", async () => {
  const stored = await hashPassword("correct horse battery");
  assertMatch(stored, /^scrypt\$17\$[\w-]{22}\$[\w-]{43}$/);
  assert(!stored.includes("horse"));
  assertEquals(await isPassword("correct horse battery", stored), true);
  for (const wrong of ["", "correct horse batterY", "correct horse battery "]) {
    assertEquals(await isPassword(wrong, stored), false, wrong);
  }
  assert(await hashPassword("correct horse battery") !== stored);
});

Deno.test("isPassword() takes the same letters in another Unicode form", async () => {
  const stored = await hashPassword("Passw\u00f6rter sind gut");
  assertEquals(await isPassword("Passwo\u0308rter sind gut", stored), true);
});

Deno.test("isPassword() reads the cost from the stored text, and refuses text that is no hash", async () => {
  // scrypt("pass word 12", salt "saltsaltsaltsalt", N = 2^4, r = 8, p = 1), made with Node's scryptSync.
  const cheap = "scrypt$4$c2FsdHNhbHRzYWx0c2FsdA$" +
    (await cheapHash("pass word 12", "saltsaltsaltsalt"));
  assertEquals(await isPassword("pass word 12", cheap), true);
  assertEquals(await isPassword("pass word 13", cheap), false);
  for (const text of ["", "scrypt", "scrypt$4$$", "bcrypt$4$a$b", "pass word 12"]) {
    assertEquals(await isPassword("pass word 12", text), false, text);
  }
});

async function cheapHash(password: string, salt: string): Promise<string> {
  const { scryptSync } = await import("node:crypto");
  return scryptSync(password, salt, 32, { N: 16, r: 8, p: 1 }).toString("base64url");
}
