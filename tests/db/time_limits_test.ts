/** Time limits: reached when their time is up, never before, and not at all when they were taken back. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { limitTime, timeLimitsAtRest, within } from "@/db/time_limits.ts";

const MUCH_LATER_MS = 60_000;

Deno.test.afterEach(timeLimitsAtRest);

Deno.test("A limit is told when its time is up, not before and little after", async () => {
  for (const ms of [0, 1, 15, 40]) {
    const startedAt = performance.now();
    await new Promise<void>((resolve) => limitTime(ms, resolve));
    const tookMs = performance.now() - startedAt;
    assert(tookMs >= ms && tookMs < ms + 250, `${ms} ms took ${tookMs}`);
  }
});

Deno.test("Limits are told in the order of their ends, whatever the order of their starts", async () => {
  const order: number[] = [];
  await Promise.all([80, 20, 50].map((ms) =>
    new Promise<void>((resolve) =>
      limitTime(ms, () => {
        order.push(ms);
        resolve();
      })
    )
  ));
  assertEquals(order, [20, 50, 80]);
});

Deno.test("A limit that was taken back is never told, and the others are", async () => {
  const told: string[] = [];
  const cleared = limitTime(20, () => told.push("cleared"));
  const last = new Promise<void>((resolve) => limitTime(40, resolve));
  limitTime(20, () => told.push("kept"));
  cleared.clear();
  cleared.clear();
  await last;
  assertEquals(told, ["kept"]);
});

Deno.test("A limit may start another one when it is told", async () => {
  await new Promise<void>((resolve) => limitTime(10, () => limitTime(10, resolve)));
});

Deno.test("within() comes to the value, to its failure, or to what the end of the time says", async () => {
  const never = new Promise<string>(() => {});
  assertEquals(await within(MUCH_LATER_MS, Promise.resolve("value"), () => "late"), "value");
  assertEquals(await within(20, never, () => "late"), "late");
  await assertRejects(
    () => within(MUCH_LATER_MS, Promise.reject(new RangeError("failed")), () => "late"),
    RangeError,
    "failed",
  );
  const refuse = () => {
    throw new TypeError("late");
  };
  await assertRejects(() => within(20, never, refuse), TypeError, "late");
});

Deno.test("Nothing keeps the process alive when no limit is left", async () => {
  const module = new URL("../../db/time_limits.ts", import.meta.url).href;
  const startedAt = performance.now();
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      `import { limitTime } from "${module}"; limitTime(${MUCH_LATER_MS}, () => {}).clear();`,
    ],
  }).output();
  assertEquals(code, 0);
  assert(performance.now() - startedAt < MUCH_LATER_MS / 2);
});
