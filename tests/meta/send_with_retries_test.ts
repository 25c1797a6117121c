/**
 * When an attempt is repeated, how long the waits are, and that nothing runs
 * past the deadline. Time is a counter: `sleep` moves it, so no test waits.
 */
import { assert, assertEquals } from "@std/assert";
import { buildSendPayload } from "@/lib/meta/payload.ts";
import { type AttemptReport, sendWithRetries } from "@/lib/meta/send_with_retries.ts";
import {
  GraphNetworkError,
  type GraphResponse,
  type GraphTransport,
} from "@/lib/meta/transport.ts";

type Step = GraphResponse | GraphNetworkError;

const REFUSED = new GraphNetworkError("Cannot reach Meta (ECONNREFUSED)", {
  certainty: "never_written",
  code: "ECONNREFUSED",
});
const RESET = new GraphNetworkError("No complete answer (ECONNRESET)", {
  certainty: "ambiguous",
  code: "ECONNRESET",
});
const ACCEPTED = answer(200, { messages: [{ id: "wamid.A" }] });

function answer(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): GraphResponse {
  return { status, headers, text: JSON.stringify(body) };
}

function throttle(retryAfter?: number): GraphResponse {
  return answer(
    400,
    { error: { code: 130429 } },
    retryAfter === undefined ? {} : { "retry-after": String(retryAfter) },
  );
}

/** Plays the steps; each attempt takes `attemptMs` of the pretended time. */
async function play(steps: Step[], options: {
  random?: number;
  deadlineMs?: number;
  attemptMs?: number;
  maxAttempts?: number;
} = {}) {
  let nowMs = 1000;
  const waits: number[] = [];
  const reports: AttemptReport[] = [];
  const bodies: (string | undefined)[] = [];
  const transport: GraphTransport = {
    request: (request) => {
      const step = steps[bodies.length];
      bodies.push(request.body);
      nowMs += options.attemptMs ?? 0;
      if (step === undefined) throw new Error("More attempts than expected");
      return step instanceof GraphNetworkError ? Promise.reject(step) : Promise.resolve(step);
    },
    close: () => Promise.resolve(),
  };
  const outcome = await sendWithRetries(transport, {
    phoneNumberId: "1060",
    accessToken: "TOKEN",
    payload: buildSendPayload({
      recipient: { kind: "phone", phone: "+14155550123" },
      message: { type: "text", text: "x" },
      callbackData: "m1",
    }),
    attemptTimeoutMs: 20_000,
    deadlineAtMs: 1000 + (options.deadlineMs ?? 25_000),
    ...(options.maxAttempts === undefined ? {} : { maxAttempts: options.maxAttempts }),
    random: () => options.random ?? 1,
    now: () => nowMs,
    sleep: (waitMs) => {
      waits.push(waitMs);
      nowMs += waitMs;
      return Promise.resolve();
    },
    onAttempt: (report) => reports.push(report),
  });
  return { outcome, waits, reports, bodies };
}

Deno.test("sendWithRetries sends once when the first attempt is accepted", async () => {
  const { outcome, waits, reports } = await play([ACCEPTED]);
  assertEquals(outcome.kind, "accepted");
  assertEquals(outcome.attempts, 1);
  assertEquals(waits, []);
  assertEquals(reports.map(({ waitMs }) => waitMs), [null]);
});

Deno.test("sendWithRetries repeats what was never written, with the same body", async () => {
  const { outcome, waits, bodies } = await play([REFUSED, REFUSED, ACCEPTED]);
  assertEquals(outcome.kind, "accepted");
  assertEquals(outcome.attempts, 3);
  assertEquals(waits, [250, 500]);
  assertEquals(new Set(bodies).size, 1);
});

Deno.test("sendWithRetries gives up after four attempts with doubled waits", async () => {
  const { outcome, waits } = await play([REFUSED, throttle(), REFUSED, REFUSED]);
  assertEquals(outcome.kind, "never_written");
  assertEquals(outcome.attempts, 4);
  assertEquals(waits, [250, 500, 1000]);
});

Deno.test("sendWithRetries spreads waits over the whole range", async () => {
  const steps = [REFUSED, REFUSED, REFUSED, REFUSED];
  assertEquals((await play(steps, { random: 0 })).waits, [0, 0, 0]);
  assertEquals((await play(steps, { random: 0.5 })).waits, [125, 250, 500]);
});

Deno.test("sendWithRetries never comes back earlier than Retry-After", async () => {
  const { outcome, waits } = await play([throttle(3), ACCEPTED], { random: 0 });
  assertEquals(outcome.kind, "accepted");
  assertEquals(waits, [3000]);
});

Deno.test("sendWithRetries ends at once when Retry-After passes the deadline", async () => {
  const { outcome, waits } = await play([throttle(25)]);
  assert(outcome.kind === "throttled");
  assertEquals(outcome.retryAfterSeconds, 25);
  assertEquals(outcome.attempts, 1);
  assertEquals(waits, []);
});

Deno.test("sendWithRetries repeats nothing but never_written and throttled", async () => {
  const finals: [Step, string][] = [
    [RESET, "ambiguous"],
    [answer(400, { error: { code: 131056 } }), "pair_limited"],
    [answer(400, { error: { code: 131047 } }), "rejected"],
    [answer(500, { error: { code: 131000 } }), "ambiguous"],
    [answer(200, {}), "ambiguous"],
  ];
  for (const [step, kind] of finals) {
    const { outcome } = await play([REFUSED, step]);
    assertEquals(outcome.kind, kind);
    assertEquals(outcome.attempts, 2);
  }
});

Deno.test("sendWithRetries starts no attempt after the deadline", async () => {
  const { outcome, bodies } = await play([], { deadlineMs: 0 });
  assertEquals(outcome.kind, "never_written");
  assertEquals(outcome.attempts, 0);
  assertEquals(bodies.length, 0);
  const late = await play([REFUSED], { deadlineMs: 5000, attemptMs: 4900 });
  assertEquals(late.outcome.attempts, 1);
});

Deno.test("sendWithRetries respects maxAttempts", async () => {
  const { outcome } = await play([REFUSED, REFUSED], { maxAttempts: 2 });
  assertEquals(outcome.attempts, 2);
});

Deno.test("sendWithRetries reports each attempt with its wait", async () => {
  const { reports } = await play([REFUSED, ACCEPTED], { attemptMs: 40 });
  assertEquals(
    reports.map(({ attempt, outcome, durationMs, waitMs }) => [
      attempt,
      outcome.kind,
      durationMs,
      waitMs,
    ]),
    [[1, "never_written", 40, 250], [2, "accepted", 40, null]],
  );
});

Deno.test("sendWithRetries lets no attempt outlive the deadline", async () => {
  // A transport that ends only with its signal, in real time.
  const transport: GraphTransport = {
    request: ({ signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(RESET))),
    close: () => Promise.resolve(),
  };
  const startedAtMs = performance.now();
  const outcome = await sendWithRetries(transport, {
    phoneNumberId: "1",
    accessToken: "T",
    payload: buildSendPayload({
      recipient: { kind: "phone", phone: "+14155550123" },
      message: { type: "text", text: "x" },
      callbackData: "m1",
    }),
    attemptTimeoutMs: 60_000,
    deadlineAtMs: startedAtMs + 50,
  });
  assertEquals(outcome.kind, "ambiguous");
  const tookMs = performance.now() - startedAtMs;
  assert(tookMs < 5_000, `Took ${tookMs} ms`);
});
