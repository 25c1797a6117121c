/**
 * The directories of test clusters, all in one place under the system's temporary directory, and the removal of those
 * whose test run was killed. Every directory has a lock file beside it that its run keeps locked: the kernel releases
 * it however the run ends, so a lock that can be had means a left-over. (A pid in a file would prove nothing: the
 * system gives pids again.)
 */
import { tmpdir } from "node:os";

/** A directory for one cluster, held by this process. */
export interface ClusterDirectory {
  /** Absolute path; any user may enter it. */
  readonly path: string;
  /** Removes the directory with everything in it and gives up the lock. The server must have ended. */
  remove(): Promise<void>;
}

const SERVER_END_LIMIT_MS = 10_000;

/** Makes a new cluster directory, after removing what killed runs of the same user left. */
export async function makeClusterDirectory(): Promise<ClusterDirectory> {
  const registry = await openRegistry();
  // Held while directories come and go: a lock file that is made but not yet locked would look like a left-over.
  using registryLock = await Deno.open(`${registry}/registry.lock`, {
    create: true,
    write: true,
  });
  await registryLock.lock(true);
  await removeLeftOvers(registry);
  const path = `${registry}/${crypto.randomUUID()}`;
  const lock = await Deno.open(`${path}.lock`, { createNew: true, write: true });
  await lock.lock(true);
  await Deno.mkdir(path);
  await Deno.chmod(path, 0o755);
  return {
    path,
    async remove(): Promise<void> {
      await Deno.remove(path, { recursive: true });
      await Deno.remove(`${path}.lock`);
      lock.close();
    },
  };
}

/** The place of all clusters of this user. */
async function openRegistry(): Promise<string> {
  const uid = Deno.uid();
  const registry = `${await Deno.realPath(tmpdir())}/test-postgres-${uid ?? "all"}`;
  await Deno.mkdir(registry, { recursive: true });
  const owner = (await Deno.lstat(registry)).uid;
  if (owner !== uid) {
    throw new Error(
      `The directory "${registry}" belongs to another user: remove it or set TMPDIR`,
    );
  }
  await Deno.chmod(registry, 0o755);
  return registry;
}

async function removeLeftOvers(registry: string): Promise<void> {
  for await (const entry of Deno.readDir(registry)) {
    if (!entry.name.endsWith(".lock") || entry.name === "registry.lock") {
      continue;
    }
    const lockPath = `${registry}/${entry.name}`;
    // Its run may end, and remove it, at any moment.
    using lock = await Deno.open(lockPath, { write: true }).catch(ignoreNotFound);
    if (lock === undefined || !await lock.tryLock(true)) continue;
    const path = lockPath.slice(0, -".lock".length);
    await endServer(`${path}/data`);
    await Deno.remove(path, { recursive: true }).catch(ignoreNotFound);
    await Deno.remove(lockPath).catch(ignoreNotFound);
  }
}

/** Ends the server of a data directory, if one runs. The pid in its file is trusted only after a look at the process. */
async function endServer(dataDirectory: string): Promise<void> {
  const text = await Deno.readTextFile(`${dataDirectory}/postmaster.pid`)
    .catch(ignoreNotFound);
  const pid = Number.parseInt(text ?? "", 10);
  if (!Number.isSafeInteger(pid) || pid <= 1) return;
  const isRunning = async (): Promise<boolean> =>
    (await readCommandLine(pid)).includes(dataDirectory);
  if (!await isRunning()) return;
  Deno.kill(pid, "SIGQUIT");
  const giveUpAt = performance.now() + SERVER_END_LIMIT_MS;
  while (await isRunning()) {
    if (performance.now() > giveUpAt) {
      throw new Error(
        `The left-over Postgres with pid ${pid} does not end: stop it by hand`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The command line of a process; empty when there is no such process. */
async function readCommandLine(pid: number): Promise<string> {
  if (Deno.build.os === "linux") {
    return await Deno.readTextFile(`/proc/${pid}/cmdline`)
      .catch(ignoreNotFound) ?? "";
  }
  const { stdout } = await new Deno.Command("ps", {
    args: ["-ww", "-o", "command=", "-p", `${pid}`],
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout);
}

function ignoreNotFound(error: unknown): undefined {
  // A process that ends while it is read answers ESRCH, which is no NotFound.
  const gone = error instanceof Deno.errors.NotFound ||
    (error instanceof Error && "code" in error && error.code === "ESRCH");
  if (!gone) throw error;
}
