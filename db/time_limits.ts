/**
 * Time limits of which every request has several, and hardly any is ever reached. A timer of the runtime for each would
 * cost more than most of what they guard, so one timer looks after all of them; it runs only while there are any. A limit
 * is told up to 10 ms late.
 */

const TICK_MS = 10;

/** Something that is to happen when a time is up. */
export interface TimeLimit {
  /** Takes it back. Does nothing when the time is up already. */
  clear(): void;
}

class Limit implements TimeLimit {
  onTimeUp: (() => void) | null;

  constructor(onTimeUp: () => void) {
    this.onTimeUp = onTimeUp;
    live++;
  }

  clear(): void {
    if (this.onTimeUp === null) return;
    // What it would have used can be freed, although the limit itself stays until its time.
    this.onTimeUp = null;
    live--;
  }
}

/** By the tick at which they end. */
const limits = new Map<number, Limit[]>();
let live = 0;
let ticking: ReturnType<typeof setInterval> | null = null;
let lastTick = 0;
const waiting: (() => void)[] = [];

/** Calls back when so many milliseconds have gone by, unless it is taken back before. */
export function limitTime(ms: number, onTimeUp: () => void): TimeLimit {
  if (ticking === null) {
    lastTick = currentTick();
    ticking = setInterval(tick, TICK_MS);
  }
  const limit = new Limit(onTimeUp);
  const dueTick = Math.max(lastTick + 1, Math.ceil((performance.now() + ms) / TICK_MS));
  const sameTick = limits.get(dueTick);
  if (sameTick === undefined) limits.set(dueTick, [limit]);
  else sameTick.push(limit);
  return limit;
}

/**
 * What a promise comes to; when that is not there in time, what `onTimeUp` returns or throws. The promise is not stopped.
 */
export function within<Value, Instead>(
  ms: number,
  value: PromiseLike<Value>,
  onTimeUp: () => Instead,
): Promise<Value | Instead> {
  return new Promise<Value | Instead>((resolve, reject) => {
    const limit = limitTime(ms, () => {
      try {
        resolve(onTimeUp());
      } catch (error) {
        reject(error);
      }
    });
    value.then(
      (result) => {
        limit.clear();
        resolve(result);
      },
      (error) => {
        limit.clear();
        reject(error);
      },
    );
  });
}

/** Resolves when the timer has stopped, which it does a moment after the last limit; for tests that look for leaks. */
export function timeLimitsAtRest(): Promise<void> {
  return new Promise((resolve) => ticking === null ? resolve() : waiting.push(resolve));
}

function tick(): void {
  for (const now = currentTick(); lastTick < now;) {
    lastTick++;
    const due = limits.get(lastTick) ?? [];
    limits.delete(lastTick);
    for (const limit of due) end(limit);
  }
  if (live === 0 && ticking !== null) {
    clearInterval(ticking);
    ticking = null;
    limits.clear();
    for (const resolve of waiting.splice(0)) resolve();
  }
}

function end(limit: Limit): void {
  const { onTimeUp } = limit;
  limit.clear();
  onTimeUp?.();
}

function currentTick(): number {
  return Math.floor(performance.now() / TICK_MS);
}
