/**
 * What a build says of itself, and whether it is still true. Apart from making builds, so that whoever only asks does
 * not load the tools.
 */
import { digestFiles, listInputs } from "./inputs.ts";

/** The contents of a build's `build.json`; the server reads the scripts alone. */
export interface BuildFacts {
  /** For each entry the URLs of its script and of those that it imports, its own first. */
  scripts: Record<string, string[]>;
  /** Digest of the inputs that are known beforehand. */
  inputsDigest: string;
  /** Sources elsewhere that an island turned out to import, and the digest of all of them. */
  furtherInputs: string[];
  furtherDigest: string;
  /** In a release, which lacks the sources to compare with and the tools to build: taken as it is. */
  sealed?: boolean;
}

/** The facts of the current build, or null when there is none. */
export async function readFacts(root: URL): Promise<BuildFacts | null> {
  try {
    const { build } = JSON.parse(await Deno.readTextFile(new URL("_fresh/current.json", root)));
    const file = new URL(`_fresh/builds/${build}/build.json`, root);
    return JSON.parse(await Deno.readTextFile(file));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Whether a build was made of just what the project holds now. */
export async function isUpToDate(root: URL, facts: BuildFacts): Promise<boolean> {
  if (facts.sealed === true) return true;
  return facts.inputsDigest === await digestFiles(root, await listInputs(root)) &&
    facts.furtherDigest === await digestFiles(root, facts.furtherInputs);
}
