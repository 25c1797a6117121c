/**
 * Owns the assertions about errors, and the two ways to fail at once.
 */
import { failure } from "./assertion_error.ts";

/** Any class: its parameters are never passed, so `never` fits all. */
export type ErrorClass<E> = abstract new (...args: never[]) => E;

/** Fails. */
export function fail(msg?: string): never {
  throw failure("Failed assertion", msg);
}

/** Fails: to be called where the code should never come. */
export function unreachable(reason?: string): never {
  throw failure("Reached what should be unreachable", reason);
}

/** Asserts that a value is an error, of a class and with a text in its message. */
export function assertIsError<E extends Error = Error>(
  error: unknown,
  ErrorClass?: ErrorClass<E>,
  msgMatches?: string | RegExp,
  msg?: string,
): asserts error is E {
  if (!(error instanceof Error)) {
    throw failure(`Expected an Error, but got ${Deno.inspect(error)}`, msg);
  }
  if (ErrorClass && !(error instanceof ErrorClass)) {
    const was = `"${error.constructor.name}": ${error.message}`;
    throw failure(`Expected a "${ErrorClass.name}", but got ${was}`, msg);
  }
  const { message } = error;
  const matches = typeof msgMatches === "string"
    ? message.includes(msgMatches)
    : msgMatches?.test(message) ?? true;
  if (matches) return;
  throw failure(`Expected "${msgMatches}" in message "${message}"`, msg);
}

/** Asserts that a function throws, and gives what it throws. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows(
  fn: () => unknown,
  ...expected: Expected
): unknown {
  try {
    fn();
  } catch (error) {
    return checkedError(error, expected);
  }
  throw failure("Expected function to throw", ownMessage(expected));
}

/** Asserts that a promise is rejected, and gives what it is rejected with. */
export function assertRejects(
  fn: () => PromiseLike<unknown>,
  msg?: string,
): Promise<unknown>;
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  ...expected: Expected
): Promise<unknown> {
  let problem = "Function throws when expected to reject";
  try {
    const promise = fn();
    problem = "Expected function to reject";
    await promise;
  } catch (error) {
    if (problem.startsWith("Expected")) return checkedError(error, expected);
  }
  throw failure(problem, ownMessage(expected));
}

type Expected = [
  classOrMsg?: ErrorClass<Error> | string,
  msgIncludes?: string,
  msg?: string,
];

function ownMessage([classOrMsg, , msg]: Expected): string | undefined {
  return typeof classOrMsg === "string" ? classOrMsg : msg;
}

function checkedError(error: unknown, expected: Expected): unknown {
  const [classOrMsg, msgIncludes, msg] = expected;
  if (typeof classOrMsg === "function") {
    assertIsError(error, classOrMsg, msgIncludes, msg);
  }
  return error;
}
