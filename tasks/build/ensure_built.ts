/**
 * Makes sure that there is a build of what the project holds now. Whoever starts a server calls it: the server itself
 * may run nothing. The build runs in a process of its own, one at a time however many ask for it.
 */
import { isUpToDate, readFacts } from "./build_facts.ts";

/** A source of what browsers load is wrong; the message says where. */
export class BuildError extends Error {
  override name = "BuildError";
}

const ROOT = new URL("../../", import.meta.url);

/**
 * Builds if the current build is stale.
 *
 * @throws BuildError with what the build said
 */
export async function ensureBuilt(): Promise<void> {
  if (await isCurrent()) return;
  await Deno.mkdir(new URL("_fresh", ROOT), { recursive: true });
  using lock = await Deno.open(new URL("_fresh/lock", ROOT), { create: true, write: true });
  // Freed when the file is closed, also by a crash.
  await lock.lock(true);
  if (await isCurrent()) return;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-all", "--config=deno.json", "dev.ts", "build"],
    cwd: ROOT,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) {
    throw new BuildError(
      `Cannot build the pages' styles and scripts:\n${new TextDecoder().decode(stderr).trim()}`,
    );
  }
}

async function isCurrent(): Promise<boolean> {
  const facts = await readFacts(ROOT);
  return facts !== null && await isUpToDate(ROOT, facts);
}
