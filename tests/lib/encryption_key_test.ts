/** The generated key of the embedded database: made once, private, never replaced. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { loadOrCreateKeyFile, parseEncryptionKey } from "@/lib/encryption_key.ts";
import { SecretError } from "@/lib/secret_box.ts";

Deno.test("parseEncryptionKey() takes 32 bytes in base64 and nothing else", () => {
  assertEquals(parseEncryptionKey(btoa("k".repeat(32))), new TextEncoder().encode("k".repeat(32)));
  for (
    const text of [
      "",
      btoa("k".repeat(31)),
      btoa("k".repeat(33)),
      btoa("k".repeat(32)).replace("=", ""),
      ` ${btoa("k".repeat(32))}`,
      btoa("\xff".repeat(32)).replaceAll("/", "_"),
      "k".repeat(32),
    ]
  ) assertEquals(parseEncryptionKey(text), null, text);
});

Deno.test("loadOrCreateKeyFile() makes a key that only its user may read, and gives the same one again", async () => {
  await withFolder(async (folder) => {
    const key = await loadOrCreateKeyFile(folder);
    assertEquals(key.length, 32);
    const { mode } = await Deno.stat(`${folder}/encryption_key`);
    assertEquals(((mode ?? 0) & 0o777).toString(8), "600");
    assertEquals(await loadOrCreateKeyFile(folder), key);
    assertEquals((await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name), [
      "encryption_key",
    ]);
  });
});

Deno.test("loadOrCreateKeyFile() makes another key in another folder", async () => {
  await withFolder((one) =>
    withFolder(async (other) => {
      const [key, otherKey] = [await loadOrCreateKeyFile(one), await loadOrCreateKeyFile(other)];
      assertEquals(key.toHex() === otherKey.toHex(), false);
    })
  );
});

Deno.test("loadOrCreateKeyFile() never overwrites what it cannot read", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/encryption_key`;
    await Deno.writeTextFile(path, "half a k");
    const error = await assertRejects(() => loadOrCreateKeyFile(folder), SecretError, path);
    assertStringIncludes(error.message, "restore it from a backup");
    assertEquals(error.message.includes("half a k"), false);
    assertEquals(await Deno.readTextFile(path), "half a k");
  });
});

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
