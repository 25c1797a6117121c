/**
 * Generates fresh.gen.ts from the files of routes/ and islands/; with `--check` it only
 * says whether the file is up to date, by exit code 1 and the command to run.
 * The rules are in manifest/route_files.ts, the text in manifest/source.ts.
 */
import { listIslands } from "./build/inputs.ts";
import { readRouteFiles } from "./manifest/route_files.ts";
import { writeManifest } from "./manifest/source.ts";

/** The text that fresh.gen.ts should have for a project. */
export async function manifestFor(root: URL): Promise<string> {
  const routes = await listFiles(new URL("routes/", root), "");
  return writeManifest(readRouteFiles(routes), await listIslands(root));
}

/**
 * Writes the manifest of a project if it differs, or with `check` leaves it;
 * answers whether it was up to date before.
 */
export async function updateManifest(
  root: URL,
  { check }: { check: boolean },
): Promise<boolean> {
  const target = new URL("fresh.gen.ts", root);
  const wanted = await manifestFor(root);
  const isFresh = await readIfThere(target) === wanted;
  if (!isFresh && !check) await Deno.writeTextFile(target, wanted);
  return isFresh;
}

async function listFiles(folder: URL, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = prefix + entry.name;
    if (entry.isFile) found.push(path);
    if (entry.isDirectory) {
      const inner = new URL(`${encodeURIComponent(entry.name)}/`, folder);
      found.push(...await listFiles(inner, `${path}/`));
    }
  }
  return found;
}

async function readIfThere(file: URL): Promise<string | null> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

if (import.meta.main) {
  const check = Deno.args.includes("--check");
  const root = new URL("../", import.meta.url);
  if (!await updateManifest(root, { check }) && check) {
    // A command speaks to its user on the terminal.
    // deno-lint-ignore no-console
    console.error(`fresh.gen.ts is stale: run "deno task manifest"`);
    Deno.exit(1);
  }
}
