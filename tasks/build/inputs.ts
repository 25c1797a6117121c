/**
 * What a build is made of, and one digest of it all: a build is stale when the digest of its inputs is another one
 * than now. Contents count and not dates, so that a checkout or a copied folder is no change.
 */
import { createHash } from "node:crypto";

const FOLDERS = ["components/", "islands/", "jsr/fresh/", "routes/", "styles/", "tasks/build/"];
const FILES = ["deno.json", "deno.lock"];
const ISLAND = /^(?:islands|routes\/(?:.*\/)?\(_islands\))\/(?!.*\(_).*\.[tj]sx$/;
const TEST = /[._]test\.[tj]sx?$/;

/** All inputs that are known before a build, as sorted paths below the project's folder. */
export async function listInputs(root: URL): Promise<string[]> {
  const found = await Promise.all(FOLDERS.map((folder) => listFiles(root, folder)));
  return [...FILES, ...found.flat()].sort();
}

/**
 * The island modules, sorted: what lies in islands/ or in a folder "(_islands)" below routes/, without tests. In a
 * folder "(_name)" of islands/ a module is only a part of others.
 */
export async function listIslands(root: URL): Promise<string[]> {
  const found = await Promise.all(["islands/", "routes/"].map((folder) => listFiles(root, folder)));
  return found.flat().filter((path) => ISLAND.test(path) && !TEST.test(path)).sort();
}

/** A digest of files by name and contents; one that is not there counts as that. */
export async function digestFiles(root: URL, paths: string[]): Promise<string> {
  const total = createHash("sha256");
  const contents = await Promise.all(paths.map((path) => readIfThere(urlOf(root, path))));
  paths.forEach((path, i) => {
    const bytes = contents[i] ?? null;
    total.update(`${path}\n${bytes === null ? "none" : bytes.byteLength}\n`);
    if (bytes !== null) total.update(bytes);
  });
  return total.digest("hex").slice(0, 32);
}

async function listFiles(root: URL, folder: string): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const { name, isFile, isDirectory } of Deno.readDir(urlOf(root, folder))) {
      if (isFile) found.push(folder + name);
      if (isDirectory) found.push(...await listFiles(root, `${folder}${name}/`));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found;
}

async function readIfThere(file: URL): Promise<Uint8Array | null> {
  try {
    return await Deno.readFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function urlOf(root: URL, path: string): URL {
  return new URL(path.split("/").map(encodeURIComponent).join("/"), root);
}
