/**
 * Opens the database: the Postgres that DATABASE_URL names, or the embedded one in DATA_DIR. Both are used through
 * the same driver and the same SQL; nothing outside `db/` knows which one it is, save for what it may promise
 * (`kind`).
 */
import postgres from "postgres";
import { ARRAY_TYPES } from "@/db/array_types.ts";
import { closeHolesInRows } from "@/db/driver_rows.ts";
import {
  bounded,
  DatabaseSetupError,
  DatabaseUnavailableError,
  toDatabaseError,
} from "@/db/errors.ts";
import { Lanes } from "@/db/lanes.ts";

/** The driver's handle: a pool, or one connection of it inside a transaction. */
export type Sql = postgres.Sql;

/** The handle inside a transaction; see transaction.ts. */
export type TransactionSql = postgres.TransactionSql;

/** An open database. */
export interface Database {
  /** The pool. Inside a transaction use only its own handle: the embedded pool has one connection. */
  readonly sql: Sql;
  /** For the statements of which there are most; see batcher.ts. */
  readonly lanes: Lanes;
  /** "embedded": one process alone can have it open, and nothing is flushed to the disk. */
  readonly kind: "embedded" | "postgres";
  /** Ends the connections, after the queries under way (5 s at most), and the embedded server if there is one. */
  close(): Promise<void>;
}

/** The oldest Postgres whose features the SQL uses (`server_version_num`). */
export const OLDEST_SERVER_VERSION = 150000;

/** Beside the lanes, of which a busy process has four, one for each kind of statement that they are for. */
const DEFAULT_POOL_SIZE = 10;

/** How long the first answer of a database may take. */
const PROBE_TIMEOUT_MS = 10_000;

/**
 * Opens the database and makes sure that it answers and is new enough.
 *
 * @throws DatabaseSetupError with one line that says what to do
 */
export async function openDatabase(
  options: { databaseUrl: string | null; dataDir: string; poolSize?: number },
): Promise<Database> {
  if (options.databaseUrl === null) {
    // Loaded here alone: with a Postgres it would only make the start longer.
    const { openEmbedded } = await import("@/db/embedded.ts");
    return await openEmbedded(options.dataDir);
  }
  const { databaseUrl, poolSize = DEFAULT_POOL_SIZE } = options;
  const sql = connectOrExplain(databaseUrl, { poolSize });
  try {
    await probe(sql);
  } catch (error) {
    await sql.end({ timeout: 0 });
    throw error;
  }
  const lanes = new Lanes({
    open: () => connect(databaseUrl, { poolSize: 1 }),
    close: (lane, { timeoutSeconds }) => lane.end({ timeout: timeoutSeconds }),
  });
  return {
    sql,
    lanes,
    kind: "postgres",
    close: async () => {
      await Promise.all([lanes.close(), sql.end({ timeout: 5 })]);
    },
  };
}

/** A pool on a Postgres URL, with the settings that every part of the product relies on. */
export function connect(
  databaseUrl: string,
  options: { poolSize: number },
): Sql {
  const sql = postgres(databaseUrl, { ...driverOptions(), max: options.poolSize });
  closeHolesInRows(sql);
  return sql;
}

/** The driver's settings that both kinds of database share. */
export function driverOptions(): postgres.Options<Record<string, never>> {
  const options: postgres.Options<Record<string, never>> = {
    connect_timeout: 3,
    onnotice: () => {},
    connection: { application_name: "whatsapp-messages-api" },
    fetch_types: false,
  };
  // Missing from the driver's types. Its own default grows to 20 s: an outage would outlast itself by that.
  const backoff = () => 0.25;
  return Object.assign(options, { backoff, types: ARRAY_TYPES });
}

/** The driver reads the URL, and its own errors may quote the password. */
function connectOrExplain(databaseUrl: string, options: { poolSize: number }): Sql {
  try {
    return connect(databaseUrl, options);
  } catch {
    throw new DatabaseSetupError(
      'DATABASE_URL cannot be read: it must look like "postgres://user:password@host:5432/database", with special ' +
        "characters of user and password percent-encoded",
    );
  }
}

async function probe(sql: Sql): Promise<void> {
  let version: number;
  try {
    const rows = await bounded(
      sql<
        { version: number }[]
      >`select current_setting('server_version_num')::int as version`,
      PROBE_TIMEOUT_MS,
    );
    version = rows[0]?.version ?? 0;
  } catch (error) {
    throw describeConnectError(error);
  }
  if (version < OLDEST_SERVER_VERSION) {
    throw new DatabaseSetupError(
      `The Postgres at DATABASE_URL is version ${
        Math.floor(version / 10000)
      }: version 15 or newer is needed`,
    );
  }
}

/** A line for the operator, without the URL: it holds the password. */
function describeConnectError(error: unknown): Error {
  const reason = toDatabaseError(error);
  if (reason instanceof DatabaseUnavailableError) {
    return new DatabaseSetupError(
      `The database at DATABASE_URL cannot be reached: ${reason.message}. Check host and port, and that Postgres runs`,
      { cause: error },
    );
  }
  if (reason instanceof postgres.PostgresError) {
    return new DatabaseSetupError(
      `The database at DATABASE_URL refuses the connection: ${reason.message} (${reason.code}). ` +
        "Check user, password and database name",
      { cause: error },
    );
  }
  return error instanceof Error ? error : new Error(String(error));
}
