/** `deno task build`: builds, and prints what browsers will load and how much of it, compressed as servers send it. */
// deno-lint-ignore-file no-console -- the output of this task is for a reader at a terminal
import { gzipSync } from "node:zlib";
import { type FinishedBuild, makeBuild, writeBuild } from "./build.ts";

/** Makes a build the current one and prints its sizes; ends the process with code 1 when it fails. */
export async function printBuild(root: URL): Promise<void> {
  const build = await buildOrExit(root);
  await writeBuild(root, build);
  const gzipped = (path: string) => gzipSync(build.files.get(path) ?? new Uint8Array()).byteLength;
  const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`.padStart(9);
  for (const name of ["styles.css", "api_reference.js"]) {
    console.log(`${kilobytes(gzipped(`/${name}`))}  ${name}`);
  }
  for (const [entry, urls] of Object.entries(build.facts.scripts).sort()) {
    const total = urls.reduce((sum, url) => sum + gzipped(url), 0);
    const chunks = urls.length > 1 ? `, with ${urls.length - 1} shared` : "";
    console.log(
      `${kilobytes(gzipped(urls[0] ?? ""))}  ${entry} (${kilobytes(total).trim()}${chunks})`,
    );
  }
  console.log("Sizes are gzipped");
}

/** The tool's own message names file and line; where in the tool it was thrown is of no use. */
async function buildOrExit(root: URL): Promise<FinishedBuild> {
  try {
    return await makeBuild(root);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}
