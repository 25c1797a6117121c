/**
 * Owns the error of a failed assertion, and what all failures say: the problem,
 * then the caller's own message.
 */

/** Thrown when an assertion does not hold. */
export class AssertionError extends Error {
  override name = "AssertionError";
}

/** The error for a failure, with the caller's message if there is one. */
export function failure(problem: string, msg?: string): AssertionError {
  return new AssertionError(msg ? `${problem}: ${msg}` : problem);
}

/** A value as text, with its keys sorted so that two texts can be compared. */
export function show(value: unknown): string {
  const lines = { sorted: true, trailingComma: true, compact: false };
  const all = { depth: Infinity, iterableLimit: Infinity };
  return Deno.inspect(value, { ...all, ...lines, strAbbreviateSize: Infinity });
}
