/**
 * Owns the assertions that compare two values as a whole, and the comparison
 * line by line that their failures show.
 */
import { failure, show } from "./assertion_error.ts";
import { equal, isObject } from "./equal.ts";

/** Asserts that two values are structurally equal. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) return;
  throw failure(`Values are not equal${difference(actual, expected)}`, msg);
}

/** Asserts that two values are not structurally equal. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!equal(actual, expected)) return;
  throw failure(`Expected a value other than ${show(expected)}`, msg);
}

/** Asserts that two values are the same by `Object.is`. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  if (Object.is(actual, expected)) return;
  const problem = equal(actual, expected)
    ? `Values have the same structure but are not the same: ${show(actual)}`
    : `Values are not the same${difference(actual, expected)}`;
  throw failure(problem, msg);
}

/** Asserts that an object has all that another one has, deeply. */
export function assertObjectMatch(
  actual: Record<PropertyKey, unknown>,
  expected: Record<PropertyKey, unknown>,
  msg?: string,
): void {
  const part = commonPart(actual, expected, new Map());
  assertEquals(part, commonPart(expected, expected, new Map()), msg);
}

/** What of `actual` is asked for by `expected`, made of plain objects. */
function commonPart(
  actual: unknown,
  expected: unknown,
  made: Map<unknown, { actual: unknown; part: unknown }>,
): unknown {
  if (!isComposite(actual) || !isComposite(expected)) return actual;
  if (actual instanceof Set && expected instanceof Set) {
    return actual.intersection(expected);
  }
  if (actual instanceof Map && expected instanceof Map) {
    const common = [...actual.keys()].filter((key) => expected.has(key));
    const part = (key: unknown) => commonPart(actual.get(key), expected.get(key), made);
    return new Map(common.map((key) => [key, part(key)]));
  }
  const known = made.get(expected);
  if (known?.actual === actual) return known.part;
  const part: Record<PropertyKey, unknown> = {};
  made.set(expected, { actual, part });
  for (const key of Reflect.ownKeys(expected)) {
    if (Array.isArray(expected) && key === "length") continue;
    if (!(key in actual)) continue;
    const values = [actual, expected].map((it) => Reflect.get(it, key));
    part[key] = commonPart(values[0], values[1], made);
  }
  return part;
}

function isComposite(value: unknown): value is object {
  return isObject(value) &&
    !(value instanceof RegExp || value instanceof Date || value instanceof URL);
}

/** The lines of both values; between equal ends, first one's, then the other's. */
function difference(actual: unknown, expected: unknown): string {
  const [a = [], b = []] = [actual, expected].map((it) => show(it).split("\n"));
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start++;
  let end = 0;
  while (end < shorter - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const lines = [
    ...a.slice(0, start).map((line) => `  ${line}`),
    ...a.slice(start, a.length - end).map((line) => `- ${line}`),
    ...b.slice(start, b.length - end).map((line) => `+ ${line}`),
    ...a.slice(a.length - end).map((line) => `  ${line}`),
  ];
  return ` (- actual, + expected)\n\n${lines.join("\n")}\n`;
}
