/**
 * A release as it is installed: made by the task that the Dockerfile runs, in a folder that its user cannot write, run
 * by a user without rights from other folders. Paths of the unit files are mapped into a temporary directory.
 */
import { join } from "node:path";
import { assertEquals } from "@std/assert";
import { denoEnvironment, taskArgs } from "@/tests/helpers/cli.ts";
import { makeDataDir } from "@/tests/helpers/embedded_template.ts";
import { REPO_ROOT } from "@/tests/helpers/repo_files.ts";

/** What a command printed, and how it ended. */
export interface Run {
  code: number;
  stdout: string;
  stderr: string;
}

/** How to run something in the release. */
export interface RunOptions {
  cwd: string;
  env?: Record<string, string>;
}

/** An installed release. */
export interface InstalledRelease extends AsyncDisposable {
  /** The release; its name has a space. */
  folder: string;
  /** A Deno that every user may run. */
  deno: string;
  /** Where the server's user may write; `.data` in it holds a migrated database. */
  state: string;
  /** The paths of the unit files and the image, and those that stand for them here. */
  mapped(text: string): string;
  /** Starts Deno as the server's user, with nothing of this process's environment. */
  spawn(args: string[], options: RunOptions): Deno.ChildProcess;
  /** Runs Deno to its end. */
  run(args: string[], options: RunOptions): Promise<Run>;
  /** Makes a folder of the server's user. */
  makeFolder(name: string): Promise<string>;
  /** Gives a folder with everything in it to the server's user. */
  hand(folder: string): Promise<void>;
}

/** Who runs the server: "nobody" when the tests run as root, which may do everything. */
const USER = Deno.uid() === 0 ? { uid: 65534, gid: 65534 } : {};

/** Makes a release and installs it. */
export async function installRelease(): Promise<InstalledRelease> {
  const parent = await Deno.realPath(await Deno.makeTempDir({ prefix: "messages-api-deploy-" }));
  await Deno.chmod(parent, 0o755);
  const folder = join(parent, "messages api");
  await makeRelease(folder);
  const deno = await linkDeno(join(parent, "deno"));
  const state = join(parent, "state");
  const paths: [string, string][] = [
    ["/usr/local/bin/deno", deno],
    ["/opt/messages-api", folder],
    ["/var/lib/messages-api", state],
    ["/var/cache/messages-api", join(parent, "cache")],
  ];
  const spawn = (args: string[], { cwd, env }: RunOptions) =>
    new Deno.Command(deno, {
      args,
      cwd,
      ...USER,
      env: { DENO_DIR: join(parent, "cache"), ...env },
      clearEnv: true,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  const release: InstalledRelease = {
    folder,
    deno,
    state,
    spawn,
    mapped: (text) => paths.reduce((mapped, [from, to]) => mapped.replaceAll(from, to), text),
    run: async (args, options) => {
      const { code, stdout, stderr } = await spawn(args, options).output();
      const decoder = new TextDecoder();
      return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
    },
    makeFolder: async (name) => {
      await Deno.mkdir(join(parent, name));
      await handOver(join(parent, name));
      return join(parent, name);
    },
    hand: handOver,
    [Symbol.asyncDispose]: () => Deno.remove(parent, { recursive: true }),
  };
  await release.makeFolder("cache");
  await Deno.mkdir(state);
  await Deno.rename(await makeDataDir(), join(state, ".data"));
  await handOver(state);
  return release;
}

async function makeRelease(folder: string): Promise<void> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...await taskArgs("release"), folder],
    cwd: REPO_ROOT,
    env: denoEnvironment(),
    clearEnv: true,
    stdin: "null",
  }).output();
  assertEquals({ code, stderr: new TextDecoder().decode(stderr) }, { code: 0, stderr: "" });
}

/** Where packages are kept, other users often cannot go. */
async function linkDeno(path: string): Promise<string> {
  const own = await Deno.realPath(Deno.execPath());
  try {
    await Deno.link(own, path);
  } catch {
    // Another file system, or one that protects files of others.
    await Deno.copyFile(own, path);
  }
  return path;
}

async function handOver(path: string): Promise<void> {
  if (USER.uid === undefined) return;
  await Deno.chown(path, USER.uid, USER.gid);
  if (!(await Deno.stat(path)).isDirectory) return;
  for await (const { name } of Deno.readDir(path)) await handOver(join(path, name));
}

/** All files below a folder with their sizes and times: what changes shows. */
export async function listFiles(folder: string, inner: string = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory, isFile } of Deno.readDir(join(folder, inner))) {
    const path = join(inner, name);
    if (isDirectory) found.push(...await listFiles(folder, path));
    else if (isFile) {
      const { size, mtime } = await Deno.stat(join(folder, path));
      found.push(`${path} ${size} ${mtime?.getTime()}`);
    } else {
      // A link has to stay inside of what is copied.
      const target = await Deno.realPath(join(folder, path));
      found.push(`${path} -> ${target.startsWith(await Deno.realPath(folder)) ? "" : target}`);
    }
  }
  return found.sort();
}
