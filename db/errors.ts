/**
 * What can go wrong between this process and its database, told apart: the database could not be reached or did
 * not answer (the caller may try again), or it refused at start for a reason that an operator must mend.
 * SQL errors proper stay `postgres.PostgresError`, with the SQLSTATE in `code`.
 */
import postgres from "postgres";
import { within } from "@/db/time_limits.ts";

/** The database could not be reached or did not answer in time. */
export class DatabaseUnavailableError extends Error {
  override name = "DatabaseUnavailableError";
  /** True when the statement may have been carried out all the same. */
  readonly inDoubt: boolean;

  constructor(message: string, options: { inDoubt: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.inDoubt = options.inDoubt;
  }
}

/** The database cannot be used as it is; the message says what the operator should do. */
export class DatabaseSetupError extends Error {
  override name = "DatabaseSetupError";
}

// The statement was never handed to a server: nothing can have happened.
const NEVER_SENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENOENT",
  "CONNECT_TIMEOUT",
  "CONNECTION_ENDED",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

// The connection broke while the statement was on its way or under way.
const BROKEN = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
]);

/** Whether this is the driver's word that a connection broke under a statement. */
export function isBrokenConnection(error: unknown): boolean {
  return error instanceof Error && !(error instanceof postgres.PostgresError) &&
    "code" in error && typeof error.code === "string" && BROKEN.has(error.code);
}

/** SQLSTATE classes and codes with which a server, or a pooler before it, answers instead of running the statement. */
function isServerUnavailable(sqlState: string): boolean {
  // 08: connection lost (poolers); 53: out of resources (too many connections); 57P0x: shutting down, crashed,
  // starting up; 57014: time limit; 25006: a read-only replica, as after a failover.
  return /^(08|53|57P0)/.test(sqlState) || sqlState === "57014" || sqlState === "25006";
}

/**
 * Turns an error of the driver that means "not reachable" into a `DatabaseUnavailableError`; any other error comes
 * back as it is.
 */
export function toDatabaseError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DatabaseUnavailableError) {
    return error;
  }
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (error instanceof postgres.PostgresError) {
    if (!isServerUnavailable(code)) return error;
    // An error answer instead of a result: the statement's transaction was rolled back.
    return new DatabaseUnavailableError(error.message, {
      inDoubt: false,
      cause: error,
    });
  }
  if (NEVER_SENT.has(code)) {
    return new DatabaseUnavailableError(error.message, {
      inDoubt: false,
      cause: error,
    });
  }
  if (BROKEN.has(code)) {
    return new DatabaseUnavailableError(error.message, {
      inDoubt: true,
      cause: error,
    });
  }
  return error;
}

/**
 * Waits for a query, at most `timeoutMs`. The query is not cancelled when the time is up (the embedded database
 * cannot cancel): it may still be carried out.
 *
 * @throws DatabaseUnavailableError when the database cannot be reached or the time is up
 */
export async function bounded<T>(
  query: PromiseLike<T>,
  timeoutMs: number,
): Promise<T> {
  try {
    return await within(timeoutMs, query, () => {
      throw new DatabaseUnavailableError(`The database did not answer within ${timeoutMs} ms`, {
        inDoubt: true,
      });
    });
  } catch (error) {
    const reason = toDatabaseError(error);
    // The driver tells of a broken connection before it has put it away, and would give the answer of another statement
    // to one that is made in this very moment.
    if (reason instanceof DatabaseUnavailableError) await new Promise((later) => setTimeout(later));
    throw reason;
  }
}
