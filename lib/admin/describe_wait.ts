/** How long somebody has to wait, in words. */

/** "in 40 seconds", "in 2 minutes"; rounded up, so that coming back then is never too early. */
export function describeWait(seconds: number): string {
  if (seconds <= 90) return `in ${seconds} ${seconds === 1 ? "second" : "seconds"}`;
  return `in ${Math.ceil(seconds / 60)} minutes`;
}
