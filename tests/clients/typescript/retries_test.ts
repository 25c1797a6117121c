/** How long the client waits between repetitions, with time and chance held still. */
import { assertEquals, assertRejects } from "@std/assert";
import { MessagesApiError, MessagesConnectionError } from "@/clients/typescript/src/errors.ts";
import { withRetries } from "@/clients/typescript/src/retries.ts";

const LOST = new MessagesConnectionError("lost", {
  requestId: null,
  attempts: 1,
  idempotencyKey: null,
  retryAfterSeconds: null,
  reason: "lost",
  status: null,
});

function apiError(retryAfterSeconds: number | null): MessagesApiError {
  return new MessagesApiError("Busy", {
    requestId: null,
    attempts: 1,
    idempotencyKey: null,
    retryAfterSeconds,
    code: "unavailable",
    status: 503,
    retryable: true,
    docUrl: "",
    details: {},
    rateLimit: null,
  });
}

/** Runs a call that always fails; the waits between its attempts, in milliseconds. */
async function waitsOf(
  error: Error,
  options: { maxRetries: number; totalTimeoutMs: number; random: number; attemptMs?: number },
): Promise<{ waits: number[]; remaining: number[] }> {
  let nowMs = 1000;
  const waits: number[] = [];
  const remaining: number[] = [];
  const call = withRetries(options, ({ remainingMs }) => {
    remaining.push(remainingMs);
    nowMs += options.attemptMs ?? 0;
    return Promise.reject(error);
  }, {
    clock: {
      now: () => nowMs,
      random: () => options.random,
      sleep: (ms) => {
        waits.push(ms);
        nowMs += ms;
        return Promise.resolve();
      },
    },
  });
  assertEquals(await call.catch((thrown) => thrown), error);
  return { waits, remaining };
}

const LONG = { maxRetries: 7, totalTimeoutMs: 1_000_000 };

Deno.test("Waits double from half a second to eight, and are spread over their whole length", async () => {
  const longest = await waitsOf(LOST, { ...LONG, random: 1 });
  assertEquals(longest.waits, [500, 1000, 2000, 4000, 8000, 8000, 8000]);
  const middle = await waitsOf(LOST, { ...LONG, random: 0.5 });
  assertEquals(middle.waits, [250, 500, 1000, 2000, 4000, 4000, 4000]);
  const none = await waitsOf(LOST, { ...LONG, random: 0 });
  assertEquals(none.waits, [0, 0, 0, 0, 0, 0, 0]);
});

Deno.test("Retry-After is the least that is waited, and chance comes on top", async () => {
  const { waits } = await waitsOf(apiError(3), { ...LONG, maxRetries: 3, random: 0.5 });
  assertEquals(waits, [3250, 3500, 4000]);
});

Deno.test("A wait that does not fit into the call's time is not begun", async () => {
  const options = { maxRetries: 10, totalTimeoutMs: 10_000, random: 1 };
  assertEquals((await waitsOf(apiError(10), options)).waits, []);
  // 500 + 1000 + 2000 + 4000 fit, 8000 more do not.
  assertEquals((await waitsOf(LOST, options)).waits, [500, 1000, 2000, 4000]);
});

Deno.test("An attempt knows how much of the call's time is left", async () => {
  const options = { maxRetries: 2, totalTimeoutMs: 10_000, random: 1, attemptMs: 1000 };
  assertEquals((await waitsOf(LOST, options)).remaining, [10_000, 8500, 6500]);
});

Deno.test("What is not known to be safe is not repeated", async () => {
  let attempts = 0;
  await assertRejects(() =>
    withRetries(LONG, () => {
      attempts++;
      return Promise.reject(new RangeError("a fault of the program"));
    }), RangeError);
  assertEquals(attempts, 1);
});
