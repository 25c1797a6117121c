/** How much time is left, in the words of a countdown: runs in the browser too. */

const SECOND_MS = 1_000;
const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 86_400;

/** "6 d 23 h 59 min", below a day "23 h 59 min 58 s", and "ended" from zero on. */
export function describeTimeLeft(leftMs: number): string {
  const left = Math.ceil(leftMs / SECOND_MS);
  if (left <= 0) return "ended";
  const days = Math.floor(left / DAY_SECONDS);
  const hours = Math.floor((left % DAY_SECONDS) / HOUR_SECONDS);
  const minutes = Math.floor((left % HOUR_SECONDS) / MINUTE_SECONDS);
  const seconds = left % MINUTE_SECONDS;
  if (days > 0) return `${days} d ${hours} h ${minutes} min`;
  if (hours > 0) return `${hours} h ${minutes} min ${seconds} s`;
  return minutes > 0 ? `${minutes} min ${seconds} s` : `${seconds} s`;
}
