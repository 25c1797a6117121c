/** Tells a page that failed for want of the database from one that failed for a fault of the program. */
import { DatabaseUnavailableError, toDatabaseError } from "@/db/errors.ts";

/** Seconds after which it is worth trying again, for `Retry-After`. */
export const DATABASE_RETRY_SECONDS = 2;

/** Whether an error means that the database could not be reached or did not answer. */
export function isDatabaseAway(error: unknown): boolean {
  return toDatabaseError(error) instanceof DatabaseUnavailableError;
}
