/** Waits for a condition that nothing announces, such as a row that another process writes. */

const INTERVAL_MS = 25;

/**
 * Calls `look` until it gives a value other than null, undefined or false.
 *
 * @param timeoutMs then it fails; 5 s if not given
 */
export async function eventually<T>(
  look: () => Promise<T> | T,
  timeoutMs = 5_000,
): Promise<Exclude<T, null | undefined | false>> {
  const endsAt = performance.now() + timeoutMs;
  while (true) {
    const value = await look();
    if (value !== null && value !== undefined && value !== false) {
      return value as Exclude<T, null | undefined | false>;
    }
    if (performance.now() >= endsAt) {
      throw new Error(`Not so within ${timeoutMs} ms: ${look.toString().slice(0, 200)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
  }
}
