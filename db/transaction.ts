/**
 * Transactions of several statements. To be used instead of the driver's own `begin`: when a connection breaks inside
 * of one, the driver sends its rollback, and whatever the caller still asks for, to a socket that is gone, which ends
 * the whole process with an uncaught error.
 */
import type { Sql, TransactionSql } from "@/db/connect.ts";
import { DatabaseUnavailableError, isBrokenConnection, toDatabaseError } from "@/db/errors.ts";

/**
 * Runs statements in one transaction on one connection; all or nothing. Inside use only the handle that is given: the
 * embedded pool has one connection.
 *
 * @throws DatabaseUnavailableError when the connection breaks: then nothing was done, unless it broke in the commit
 * @throws whatever `run` throws, after the rollback
 */
export async function transaction<T>(
  sql: Sql,
  run: (tx: TransactionSql) => Promise<T>,
): Promise<T> {
  let ended = false;
  try {
    const result = await sql.begin(async (tx) => {
      const guarded = new Proxy(tx, {
        apply: (target, self, args) => {
          if (!ended) return Reflect.apply(target, self, args);
          throw new DatabaseUnavailableError("The connection broke during the transaction", {
            inDoubt: false,
          });
        },
      });
      try {
        const result = await run(guarded);
        if (!ended) return result;
      } catch (error) {
        if (!ended && !isBrokenConnection(error)) throw error;
      }
      // Never settling keeps the driver from its commit or rollback; it ends the transaction by itself when the socket
      // closes.
      return await new Promise<never>(() => {});
    });
    // The driver's type unwraps arrays of promises, which this never returns.
    return result as T;
  } catch (error) {
    throw toDatabaseError(error);
  } finally {
    ended = true;
  }
}
