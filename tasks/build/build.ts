/**
 * One build of what browsers load. Each goes into a folder of its own below _fresh/builds/, and _fresh/current.json
 * then names it: a server that runs keeps the files that it has told browsers of, and nobody sees half a build.
 */
import { readApiReferenceScript } from "./api_reference.ts";
import type { BuildFacts } from "./build_facts.ts";
import { digestFiles, listInputs, listIslands } from "./inputs.ts";
import { buildScripts } from "./scripts.ts";
import { buildStyles } from "./styles.ts";

/** A finished build. */
export interface FinishedBuild {
  facts: BuildFacts;
  /** Contents of the static files by path, such as "/styles.css". */
  files: Map<string, Uint8Array>;
}

const SCRIPT_PATH = "/_fresh/js/";
const RUNTIME_FOLDER = "jsr/fresh/islands/";
const RUNTIME = ["client.ts", "signals.ts"];
/** A server that runs may still send the files of the build that was current when it started. */
const KEPT_MS = 24 * 60 * 60 * 1000;

/** Builds a project in memory. Throws with the words of the tool when a source is wrong. */
export async function makeBuild(root: URL): Promise<FinishedBuild> {
  const inputs = await listInputs(root);
  const inputsDigest = await digestFiles(root, inputs);
  const css = await buildStyles(root);
  const scripts = await buildScripts(root, {
    entries: [...RUNTIME.map((name) => RUNTIME_FOLDER + name), ...await listIslands(root)],
    aliases: await readAliases(root),
  });
  const encoder = new TextEncoder();
  const files = new Map<string, Uint8Array>([
    ["/styles.css", encoder.encode(css)],
    ["/api_reference.js", encoder.encode(readApiReferenceScript())],
  ]);
  for (const [name, contents] of scripts.files) files.set(SCRIPT_PATH + name, contents);
  const furtherInputs = scripts.inputs.filter((path) => !inputs.includes(path)).sort();
  const urls = Object.entries(scripts.entries).map(([entry, names]) =>
    [entry, names.map((name) => SCRIPT_PATH + name)] as const
  );
  return {
    facts: {
      scripts: Object.fromEntries(urls),
      inputsDigest,
      furtherInputs,
      furtherDigest: await digestFiles(root, furtherInputs),
    },
    files,
  };
}

/** Writes a build and makes it the current one; those of yesterday are removed. */
export async function writeBuild(root: URL, { facts, files }: FinishedBuild): Promise<void> {
  const builds = new URL("_fresh/builds/", root);
  await Deno.mkdir(builds, { recursive: true });
  const name = `${nameAt(Date.now())}-${crypto.randomUUID().slice(0, 8)}`;
  const folder = new URL(`${name}/`, builds);
  for (const [path, contents] of files) {
    const file = new URL(`static${path}`, folder);
    await Deno.mkdir(new URL(".", file), { recursive: true });
    await Deno.writeFile(file, contents);
  }
  await Deno.writeTextFile(new URL("build.json", folder), JSON.stringify(facts, null, 2));
  const next = new URL(`_fresh/${name}.json`, root);
  await Deno.writeTextFile(next, JSON.stringify({ build: name }));
  await Deno.rename(next, new URL("_fresh/current.json", root));
  await removeOld(builds);
}

/** The names in deno.json's imports that mean a file or folder of the project. */
async function readAliases(root: URL): Promise<Record<string, string>> {
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const entries = Object.entries<string>(imports);
  return Object.fromEntries(entries.filter(([, target]) => target.startsWith("./")));
}

async function removeOld(builds: URL): Promise<void> {
  const limit = nameAt(Date.now() - KEPT_MS);
  for await (const { name } of Deno.readDir(builds)) {
    if (name >= limit) continue;
    try {
      await Deno.remove(new URL(`${name}/`, builds), { recursive: true });
    } catch (error) {
      // Another build has removed it in the same moment.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

/** Names sort by time. */
function nameAt(time: number): string {
  return new Date(time).toISOString().replace(/\W/g, "");
}
