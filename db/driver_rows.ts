/**
 * Mends a fault of the driver (postgres 3.4.9): when a statement fails after it has returned rows, the driver goes on
 * counting from them, so that the rows of the next statement on the same connection begin behind a hole. Code that takes
 * the first row would then find none: a good API key would be unknown, a message gone. Here the holes are closed before
 * anybody sees them.
 */
import type { Sql } from "@/db/connect.ts";

/** The driver's query, as far as it is needed here. */
interface Query {
  executed: boolean;
  resolve: (result: unknown) => void;
  handle(): Promise<void>;
}

const mended = new WeakSet<object>();

/** Makes every query of the driver, whatever its handle, resolve with all of its rows from index 0 on. */
export function closeHolesInRows(sql: Sql): void {
  // All queries share one class, which the driver does not export. This one is never executed.
  const prototype: Query = Object.getPrototypeOf(sql`select`);
  if (mended.has(prototype)) return;
  mended.add(prototype);
  const { handle } = prototype;
  prototype.handle = function (this: Query) {
    if (!this.executed) {
      const { resolve } = this;
      this.resolve = (result) => {
        if (Array.isArray(result)) closeHoles(result);
        resolve(result);
      };
    }
    return handle.call(this);
  };
}

function closeHoles(rows: unknown[]): void {
  if (rows.length === 0 || 0 in rows) return;
  // "filter" leaves holes out.
  const all = rows.filter(() => true);
  all.forEach((row, index) => rows[index] = row);
  rows.length = all.length;
}
