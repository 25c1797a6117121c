/**
 * `deno task release <folder>`: a folder with just what runs — sources, the current build of what browsers load, and
 * the packages that the server imports — that works wherever it is copied to, needs no network to start, and is never
 * written to. The container image, the single binary and the systemd units are made from it.
 */
// deno-lint-ignore-file no-console -- the output of this task is for a reader at a terminal
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readFacts } from "@/tasks/build/build_facts.ts";
import { BuildError, ensureBuilt } from "@/tasks/build/ensure_built.ts";
import { type ProjectConfig, RELEASE_SOURCES, releaseConfig, releasePackages } from "./contents.ts";
import { copyPackages, copyRunnable } from "./packages.ts";

/** A folder that a release cannot be put into; the message says why. */
export class ReleaseError extends Error {
  override name = "ReleaseError";
}

const ROOT = new URL("../../", import.meta.url);

/**
 * Puts a release into a folder, which is made.
 *
 * @throws ReleaseError when there is something in it already
 * @throws BuildError when what browsers load cannot be built
 */
export async function assembleRelease(folder: string): Promise<void> {
  await makeEmpty(folder);
  await ensureBuilt();
  const root = fileURLToPath(ROOT);
  const config: ProjectConfig = JSON.parse(await Deno.readTextFile(join(root, "deno.json")));
  await Promise.all([
    ...RELEASE_SOURCES.map((path) => copySource(join(root, path), join(folder, path))),
    copyBuild(folder),
    copyPackages(releasePackages(config), {
      from: join(root, "node_modules"),
      to: join(folder, "node_modules"),
    }),
    Deno.writeTextFile(
      join(folder, "deno.json"),
      `${JSON.stringify(releaseConfig(config), null, 2)}\n`,
    ),
  ]);
}

async function makeEmpty(folder: string): Promise<void> {
  try {
    await Deno.mkdir(folder, { recursive: true });
    for await (const { name } of Deno.readDir(folder)) {
      throw new ReleaseError(
        `The folder "${folder}" holds "${name}" already: name one that is new or empty`,
      );
    }
  } catch (error) {
    if (error instanceof ReleaseError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ReleaseError(`The folder "${folder}" cannot be made: ${reason}`);
  }
}

async function copySource(from: string, to: string): Promise<void> {
  if (from.endsWith("/")) {
    await copyRunnable(from, to);
    return;
  }
  await Deno.mkdir(dirname(to), { recursive: true });
  await Deno.copyFile(from, to);
}

/** Only the current build, under a mark that says that there is nothing to compare it with. */
async function copyBuild(folder: string): Promise<void> {
  const from = new URL("_fresh/", ROOT);
  const { build } = JSON.parse(await Deno.readTextFile(new URL("current.json", from)));
  const target = join(folder, "_fresh", "builds", build);
  await copyRunnable(fileURLToPath(new URL(`builds/${build}`, from)), target);
  const facts = JSON.stringify({ ...await readFacts(ROOT), sealed: true }, null, 2);
  await Deno.writeTextFile(join(target, "build.json"), facts);
  await Deno.writeTextFile(join(folder, "_fresh", "current.json"), JSON.stringify({ build }));
}

/** Runs a command of this folder's tasks; a mistake of the caller is one line and exit 1. */
export async function orExit(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof ReleaseError || error instanceof BuildError)) throw error;
    console.error(error.message);
    Deno.exit(1);
  }
}

if (import.meta.main) {
  const [folder, ...more] = Deno.args;
  await orExit(async () => {
    if (folder === undefined || more.length > 0) {
      throw new ReleaseError(
        'Name one folder to put the release into: "deno task release <folder>"',
      );
    }
    await assembleRelease(folder);
    console.log(`Everything that a server needs is in "${folder}"`);
  });
}
