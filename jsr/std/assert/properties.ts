/**
 * Owns the assertions about one property of a value: that it is truthy, there,
 * of a class, greater than, or contains something.
 */
import { AssertionError, failure, show } from "./assertion_error.ts";
import { equal } from "./equal.ts";
import type { ErrorClass } from "./errors.ts";

type Relation<A, E = A> = (actual: A, expected: E, msg?: string) => void;
type Order = <T>(actual: T, expected: T, msg?: string) => void;

/** Asserts that a value is truthy. */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

/** Asserts that a value is falsy. */
export function assertFalse(expr: unknown, msg = ""): void {
  if (expr) throw new AssertionError(msg);
}

/** Asserts that a value is neither null nor undefined. */
export function assertExists<T>(
  actual: T,
  msg?: string,
): asserts actual is NonNullable<T> {
  if (actual !== undefined && actual !== null) return;
  throw failure(`Expected ${actual} to be neither null nor undefined`, msg);
}

/** Asserts that a value is an instance of a class. */
export function assertInstanceOf<T>(
  actual: unknown,
  expectedType: ErrorClass<T>,
  msg?: string,
): asserts actual is T {
  if (actual instanceof expectedType) return;
  throw failure(`Expected ${show(actual)} to be a ${expectedType.name}`, msg);
}

/** Asserts that a string matches an expression. */
export const assertMatch: Relation<string, RegExp> = relation(
  "to match",
  (actual, expected) => expected.test(actual),
);

/** Asserts that a string does not match an expression. */
export const assertNotMatch: Relation<string, RegExp> = relation(
  "not to match",
  (actual, expected) => !expected.test(actual),
);

/** Asserts that a string contains another. */
export const assertStringIncludes: Relation<string> = relation(
  "to contain",
  (actual, expected) => actual.includes(expected),
);

/** Asserts that a list has an equal of each value of another, in any order. */
export function assertArrayIncludes<T>(
  actual: ArrayLike<T>,
  expected: ArrayLike<T>,
  msg?: string,
): void {
  const all = Array.from(actual);
  const has = (value: T) => all.some((it) => equal(it, value));
  const missing = Array.from(expected).filter((value) => !has(value));
  if (missing.length === 0) return;
  throw failure(`Expected ${show(all)} to include ${show(missing)}`, msg);
}

/** Asserts that a value is greater than another. */
export const assertGreater: Order = relation(">", (a, b) => a > b);
/** Asserts that a value is greater than or equal to another. */
export const assertGreaterOrEqual: Order = relation(">=", (a, b) => a >= b);
/** Asserts that a value is less than another. */
export const assertLess: Order = relation("<", (a, b) => a < b);
/** Asserts that a value is less than or equal to another. */
export const assertLessOrEqual: Order = relation("<=", (a, b) => a <= b);

/** Asserts that numbers differ by no more than a tolerance, 1e-7 of `expected`. */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  msg?: string,
): void {
  const usual = Number.isFinite(expected) ? Math.abs(expected * 1e-7) : 1e-7;
  if (Object.is(actual, expected)) return;
  if (Math.abs(expected - actual) <= (tolerance ?? usual)) return;
  throw failure(`Expected ${actual} to be close to ${expected}`, msg);
}

function relation<A, E>(
  words: string,
  holds: (actual: A, expected: E) => boolean,
): Relation<A, E> {
  return (actual, expected, msg) => {
    if (holds(actual, expected)) return;
    throw failure(`Expected ${show(actual)} ${words} ${show(expected)}`, msg);
  };
}
