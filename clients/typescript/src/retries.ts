/**
 * Whether and when a request is repeated. Only what is safe: a lost connection, a time-out, and an error that the
 * server itself calls retryable; never what was refused, and never a send whose outcome is unknown. Waits grow and are
 * spread at random over their whole length ("full jitter"), so that many clients do not come back at the same moment.
 */
import { MessagesApiError, MessagesConnectionError } from "./errors.ts";

/** How long and how often. */
export interface RetryPolicy {
  maxRetries: number;
  totalTimeoutMs: number;
}

/** One attempt of a call. */
export interface Attempt {
  /** 1 for the first. */
  number: number;
  /** What is left of the call's time. */
  remainingMs: number;
}

/** Time and chance, which tests hold still. */
export interface RetryClock {
  now(): number;
  /** In [0, 1). */
  random(): number;
  /** Rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal: AbortSignal | undefined): Promise<void>;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;

const CLOCK: RetryClock = {
  now: () => performance.now(),
  random: () => Math.random(),
  sleep,
};

/** Runs attempts until one succeeds or must not be followed by another; then throws what that one threw. */
export async function withRetries<Value>(
  policy: RetryPolicy,
  run: (attempt: Attempt) => Promise<Value>,
  options: { signal?: AbortSignal | undefined; clock?: RetryClock } = {},
): Promise<Value> {
  const { signal, clock = CLOCK } = options;
  const endsAt = clock.now() + policy.totalTimeoutMs;
  for (let number = 1;; number++) {
    signal?.throwIfAborted();
    try {
      return await run({ number, remainingMs: endsAt - clock.now() });
    } catch (error) {
      if (number > policy.maxRetries || !isRetryable(error)) throw error;
      const waitMs = waitBefore(number, error.retryAfterSeconds, clock);
      // A wait that the call has no time for is left to the caller, who finds it in the error.
      if (clock.now() + waitMs >= endsAt) throw error;
      await clock.sleep(waitMs, signal);
    }
  }
}

function isRetryable(error: unknown): error is MessagesApiError | MessagesConnectionError {
  if (error instanceof MessagesApiError) return error.retryable;
  return error instanceof MessagesConnectionError && error.reason !== "unexpected_answer";
}

/** What the server asks for at least, and chance on top, or all who were sent away come back together. */
function waitBefore(retry: number, retryAfterSeconds: number | null, clock: RetryClock): number {
  const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (retry - 1));
  return (retryAfterSeconds ?? 0) * 1000 + clock.random() * ceiling;
}

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}
