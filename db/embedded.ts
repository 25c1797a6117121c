/**
 * The embedded database: PGlite in this process on a directory, reached by the ordinary driver through a Unix socket
 * inside that directory. Its facts are in docs/decisions/embedded-database.md; the two that shape this file: the
 * socket server mixes the transactions of several connections, so the pool has exactly one; and two processes on one
 * directory lose data silently, so a file lock is held for as long as it is open (the kernel frees it when the
 * process dies).
 */
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";
import postgres from "postgres";
import { type Database, driverOptions } from "@/db/connect.ts";
import { closeHolesInRows } from "@/db/driver_rows.ts";
import { bounded, DatabaseSetupError } from "@/db/errors.ts";
import { Lanes } from "@/db/lanes.ts";

/** A first start creates the database files: seconds on a slow disk. */
const OPEN_TIMEOUT_MS = 60_000;

/** A Unix socket's path must fit into 104 bytes on every system that has them. */
const MAX_SOCKET_PATH_BYTES = 100;

/**
 * Opens (and at the first time creates) the embedded database in a directory.
 *
 * @throws DatabaseSetupError when another process has it open, or it does not come up
 */
export async function openEmbedded(dataDir: string): Promise<Database> {
  const undo: (() => Promise<unknown> | unknown)[] = [];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    await Deno.mkdir(dataDir, { recursive: true, mode: 0o700 });
    // PGlite creates its files readable for all: the directory alone keeps other users out.
    await Deno.chmod(dataDir, 0o700);
    const lock = await lockDirectory(dataDir);
    undo.push(() => lock.close());
    const pglite = await bounded(
      PGlite.create({ dataDir: join(dataDir, "database") }),
      OPEN_TIMEOUT_MS,
    );
    undo.push(() => pglite.close());
    const { server, address } = await listen(pglite, dataDir);
    undo.push(() => server.stop());
    const sql = postgres({
      ...driverOptions(),
      ...address,
      database: "postgres",
      username: "postgres",
      max: 1,
    });
    closeHolesInRows(sql);
    undo.push(() => sql.end({ timeout: 5 }));
    await bounded(sql`select 1`, OPEN_TIMEOUT_MS);
    // All on the one connection that there can be.
    const lanes = new Lanes({ open: () => sql, close: () => Promise.resolve() });
    return { sql, lanes, kind: "embedded", close };
  } catch (error) {
    await close();
    if (error instanceof DatabaseSetupError) throw error;
    throw new DatabaseSetupError(
      `The embedded database in "${dataDir}" does not open: ${
        error instanceof Error ? error.message : error
      }. ` +
        "Check that the directory is writable and the disk is not full",
      { cause: error },
    );
  }
}

async function lockDirectory(dataDir: string): Promise<Deno.FsFile> {
  const file = await Deno.open(join(dataDir, "lock"), {
    create: true,
    write: true,
    mode: 0o600,
  });
  if (await file.tryLock(true)) return file;
  file.close();
  throw new DatabaseSetupError(
    `The embedded database in "${dataDir}" is in use by another process: stop the server that holds it, ` +
      "or set DATABASE_URL to share a Postgres between processes",
  );
}

/** Where the driver finds the socket server. */
type Address = { path: string } | { host: string; port: number };

async function listen(
  pglite: PGlite,
  dataDir: string,
): Promise<{ server: PGLiteSocketServer; address: Address }> {
  const path = await socketPath(dataDir);
  // Two, so that a reconnect is not refused while the old connection closes; the pool still has one.
  const server = path === null
    ? new PGLiteSocketServer({
      db: pglite,
      host: "127.0.0.1",
      port: 0,
      maxConnections: 2,
    })
    : new PGLiteSocketServer({ db: pglite, path, maxConnections: 2 });
  await server.start();
  if (path !== null) return { server, address: { path } };
  const [host, port] = server.getServerConn().split(":");
  return { server, address: { host: host ?? "127.0.0.1", port: Number(port) } };
}

/**
 * The socket's path, with the file that a killed process left behind removed; null where there are no Unix sockets
 * (Windows), which leaves loopback TCP.
 */
async function socketPath(dataDir: string): Promise<string | null> {
  if (Deno.build.os === "windows") return null;
  const path = join(await Deno.realPath(dataDir), "socket");
  if (new TextEncoder().encode(path).length > MAX_SOCKET_PATH_BYTES) {
    throw new DatabaseSetupError(
      `DATA_DIR is too long for the socket inside it: "${dataDir}". Choose a path of at most ` +
        `${MAX_SOCKET_PATH_BYTES - "/socket".length} bytes`,
    );
  }
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return path;
}
