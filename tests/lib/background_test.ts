/** Work in the background: a shutdown waits for all of it, however it ends. */
import { assertEquals, assertRejects } from "@std/assert";
import { Background } from "@/lib/background.ts";

Deno.test("Background gives every promise back as it is, and forgets it when it settles", async () => {
  const background = new Background();
  assertEquals(await background.track(Promise.resolve(7)), 7);
  await assertRejects(() => background.track(Promise.reject(new Error("no"))), Error, "no");
  await background.settled();
  assertEquals(background.size, 0);
});

Deno.test("settled() waits for what is added while it waits, failures included", async () => {
  const background = new Background();
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let settled = false;
  background.track(first.promise.then(() => {
    background.track(second.promise).catch(() => {});
  }));
  const waiting = background.settled().then(() => {
    settled = true;
  });
  first.resolve();
  await first.promise;
  await Promise.resolve();
  assertEquals([settled, background.size > 0], [false, true]);
  second.reject(new Error("late"));
  await waiting;
  assertEquals([settled, background.size], [true, 0]);
});

Deno.test("settled() with nothing to wait for resolves at once", async () => {
  await new Background().settled();
});
