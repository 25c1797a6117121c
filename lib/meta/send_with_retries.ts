/**
 * Sends a message and repeats the attempt only where Meta certainly did not
 * take it: nothing was written, or a rate limit refused it. An ambiguous end is
 * final, whatever came before. All attempts and waits lie inside one deadline.
 */
import type { SendOutcome } from "@/lib/meta/classify.ts";
import { sendOnce } from "@/lib/meta/client.ts";
import type { SendPayload } from "@/lib/meta/payload.ts";
import type { GraphTransport } from "@/lib/meta/transport.ts";

/** What `onAttempt` is told after each attempt. */
export interface AttemptReport {
  /** 1 for the first attempt. */
  attempt: number;
  outcome: SendOutcome;
  durationMs: number;
  /** The wait before the next attempt; null when this was the last. */
  waitMs: number | null;
}

/** Calls back when a time is up, unless it is cleared before. */
export type LimitTime = (ms: number, onTimeUp: () => void) => { clear(): void };

const DEFAULT_MAX_ATTEMPTS = 4;
const FIRST_WAIT_MS = 250;

/**
 * Sends until it is accepted, refused, open, or out of time. `deadlineAtMs` is
 * on the clock of `performance.now()`: no attempt starts after it and none
 * outlives it. A wait that would not end before it ends the call at once with
 * the last outcome; `attempts` is 0 when the deadline had already passed.
 * `random`, `sleep` and `now` can be replaced for tests, `limitTime` for a
 * timer that costs less than the runtime's.
 */
export async function sendWithRetries(transport: GraphTransport, options: {
  phoneNumberId: string;
  accessToken: string;
  payload: SendPayload;
  attemptTimeoutMs: number;
  deadlineAtMs: number;
  maxAttempts?: number;
  random?: () => number;
  sleep?: (waitMs: number) => Promise<void>;
  now?: () => number;
  limitTime?: LimitTime;
  onAttempt?: (report: AttemptReport) => void;
}): Promise<SendOutcome & { attempts: number }> {
  const now = options.now ?? (() => performance.now());
  const sleep = options.sleep ?? sleepFor;
  const random = options.random ?? Math.random;
  const limitTime = options.limitTime ?? limitTimeByTimer;
  const maxAttempts = options.maxAttempts ?? DEFAULT_MAX_ATTEMPTS;
  let last: SendOutcome = {
    kind: "never_written",
    reason: "The deadline passed before the first attempt",
  };
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const startedAtMs = now();
    const leftMs = options.deadlineAtMs - startedAtMs;
    if (leftMs <= 0) return { ...last, attempts: attempt - 1 };
    last = await attemptWithin(
      { timeoutMs: Math.min(options.attemptTimeoutMs, leftMs), limitTime },
      (signal) => sendOnce(transport, { ...options, signal }),
    );
    const endedAtMs = now();
    const waitMs = attempt === maxAttempts ? null : waitBefore(last, { attempt, random });
    const fits = waitMs !== null && endedAtMs + waitMs < options.deadlineAtMs;
    options.onAttempt?.({
      attempt,
      outcome: last,
      durationMs: endedAtMs - startedAtMs,
      waitMs: fits ? waitMs : null,
    });
    if (!fits) return { ...last, attempts: attempt };
    await sleep(waitMs);
  }
  return { ...last, attempts: maxAttempts };
}

/** The wait before the next attempt; null where there must be none. */
function waitBefore(
  outcome: SendOutcome,
  options: { attempt: number; random: () => number },
): number | null {
  // Full jitter: many clients refused at once must not come back at once.
  const jitterMs = options.random() * FIRST_WAIT_MS *
    2 ** (options.attempt - 1);
  if (outcome.kind === "never_written") return jitterMs;
  if (outcome.kind !== "throttled") return null;
  return Math.max(jitterMs, (outcome.retryAfterSeconds ?? 0) * 1000);
}

// Not AbortSignal.timeout, which cannot be cancelled: at thousands of sends a
// second it would keep thousands of timers alive.
async function attemptWithin<T>(
  { timeoutMs, limitTime }: { timeoutMs: number; limitTime: LimitTime },
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const limit = limitTime(
    timeoutMs,
    () => controller.abort(new DOMException("The attempt took too long", "TimeoutError")),
  );
  try {
    return await run(controller.signal);
  } finally {
    limit.clear();
  }
}

function limitTimeByTimer(ms: number, onTimeUp: () => void): { clear(): void } {
  const timer = setTimeout(onTimeUp, ms);
  return { clear: () => clearTimeout(timer) };
}

function sleepFor(waitMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, waitMs));
}
