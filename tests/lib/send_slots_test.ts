/** The places for concurrent sends: bounded for each account, first come, first served, never lost. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { ApiError } from "@/lib/api/errors.ts";
import { SendSlots } from "@/lib/messages/send_slots.ts";

Deno.test("take() gives as many places as there are and lets the next wait its turn", async () => {
  const slots = new SendSlots({ maxSends: 2, maxWaiting: 10 });
  const [first, second] = [await slots.take("a"), await slots.take("a")];
  const order: number[] = [];
  const waiting = [1, 2, 3].map(async (number) => {
    const giveBack = await slots.take("a");
    order.push(number);
    giveBack();
  });
  await Promise.resolve();
  assertEquals(order, []);
  second();
  await Promise.all(waiting);
  assertEquals(order, [1, 2, 3]);
  first();
});

Deno.test("A full account does not hold up another one", async () => {
  const slots = new SendSlots({ maxSends: 1, maxWaiting: 0 });
  const first = await slots.take("a");
  (await slots.take("b"))();
  await assertUnavailable(slots, "a");
  first();
});

Deno.test("A request beyond the queue is refused at once as unavailable, with Retry-After", async () => {
  const slots = new SendSlots({ maxSends: 1, maxWaiting: 1 });
  const first = await slots.take("a");
  const queued = slots.take("a");
  const error = await assertUnavailable(slots, "a");
  assertEquals(error.headers["retry-after"], "2");
  assert(error.message.startsWith("Too many sends are waiting"), error.message);
  // The queue is one for all accounts: it is the memory of one process.
  const other = await slots.take("b");
  await assertUnavailable(slots, "b");
  other();
  first();
  (await queued)();
});

Deno.test("A request that waited too long is refused, and its place in the queue is free again", async () => {
  const slots = new SendSlots({ maxSends: 1, maxWaiting: 1, maxWaitMs: 20 });
  const first = await slots.take("a");
  const error = await assertUnavailable(slots, "a");
  assert(error.message.startsWith("No place to send became free within"), error.message);
  const queued = slots.take("a");
  first();
  (await queued)();
});

Deno.test("A place that is given back twice is one place", async () => {
  const slots = new SendSlots({ maxSends: 1, maxWaiting: 0 });
  const first = await slots.take("a");
  first();
  first();
  const second = await slots.take("a");
  first();
  await assertUnavailable(slots, "a");
  second();
  (await slots.take("a"))();
});

Deno.test("Many takers never hold more places than there are, and all of them get one", async () => {
  const slots = new SendSlots({ maxSends: 3, maxWaiting: 100 });
  let held = 0;
  let most = 0;
  let done = 0;
  await Promise.all(Array.from({ length: 60 }, async (_, index) => {
    const giveBack = await slots.take("a");
    most = Math.max(most, ++held);
    for (let turn = 0; turn < index % 5; turn++) await Promise.resolve();
    held--;
    giveBack();
    done++;
  }));
  assertEquals({ most, held, done }, { most: 3, held: 0, done: 60 });
});

function assertUnavailable(slots: SendSlots, account: string): Promise<ApiError> {
  return assertRejects(async () => {
    const giveBack = await slots.take(account);
    giveBack();
  }, ApiError).then((error) => {
    assertEquals(error.code, "unavailable");
    return error;
  });
}
