/**
 * Owns what the server knows of the build: where the scripts of each island and
 * the built static files are. The build writes `_fresh/current.json`, which
 * names a folder. Both are read once: a later build counts at the next start.
 */
import { fileURLToPath } from "node:url";

/** What `build.json` in the folder of a build says. */
export interface BuildManifest {
  /** For each entry the URLs of its script and of those that it imports. */
  scripts: Record<string, string[]>;
}

/** A build and the folder of its static files. */
export interface Build {
  manifest: BuildManifest;
  staticFolder: string;
}

const reading = new Map<string, Promise<Build | null>>();

/** The folder of the project, which holds `static/` and `_fresh/`. */
export function projectRoot(): string {
  return fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");
}

/** The build of a project; says so and gives null when there is none. */
export function currentBuild(root: string): Promise<Build | null> {
  const known = reading.get(root) ?? readBuild(`${root}/_fresh`);
  reading.set(root, known);
  return known;
}

async function readBuild(folder: string): Promise<Build | null> {
  try {
    const current = JSON.parse(await Deno.readTextFile(`${folder}/current.json`));
    const inside = `${folder}/builds/${current.build}`;
    const manifest = JSON.parse(await Deno.readTextFile(`${inside}/build.json`));
    return { manifest, staticFolder: `${inside}/static` };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    // Pages work without, but bare: whoever runs the server should know why.
    // deno-lint-ignore no-console
    console.error('Pages lack styles and scripts: run "deno task build" and start again');
    return null;
  }
}
