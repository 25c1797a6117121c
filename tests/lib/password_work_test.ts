/** Passwords are hashed a few at a time, whoever asks, and the rest waits or is refused. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { PasswordWork, PasswordWorkBusyError } from "@/lib/admin/password_work.ts";
import { hashPassword } from "@/lib/password.ts";

Deno.test("PasswordWork refuses whoever finds no place in the line, and goes on afterwards", async () => {
  const work = new PasswordWork({ parallel: 1, maxWaiting: 1 });
  const first = work.hash("correct horse battery");
  const second = work.hash("correct horse battery");
  const error = await assertRejects(() => work.hash("one too many"), PasswordWorkBusyError);
  assert(error instanceof PasswordWorkBusyError);
  assertEquals(error.status, 503);
  const [one, two] = await Promise.all([first, second]);
  assert(one !== two);
  assertEquals(await work.verify("correct horse battery", one), true);
});

Deno.test("PasswordWork.verify does the same work for somebody who does not exist", async () => {
  const work = new PasswordWork();
  const stored = await hashPassword("correct horse battery");
  const measure = async (hash: string | null) => {
    const startedAt = performance.now();
    assertEquals(await work.verify("wrong horse battery", hash), false);
    return performance.now() - startedAt;
  };
  await measure(null);
  // The fastest of some: what else runs on the machine only ever adds. A shortcut would take no time at all.
  const known = Math.min(await measure(stored), await measure(stored));
  const unknown = Math.min(await measure(null), await measure(null));
  assert(unknown > known / 5, `${unknown} ms against ${known} ms`);
});
