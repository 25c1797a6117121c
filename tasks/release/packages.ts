/**
 * Copies npm packages from one node_modules folder into another: those that are named, and whatever they depend on.
 * Knows the layout that Deno gives to such a folder: each package lies in a store, `.deno/name@version/node_modules/`,
 * beside links to the packages that it may import.
 */
import { dirname, join, relative, resolve } from "node:path";

/** Source maps and type declarations: two thirds of the bytes, and nothing that runs reads them. */
const NOT_RUN = /\.(map|d\.[cm]?ts)$/;

const STORE = ".deno";

/**
 * Copies packages with their dependencies.
 *
 * @param names names as they are imported, such as "preact" or "@preact/signals"
 * @throws Deno.errors.NotFound when one is not installed
 */
export async function copyPackages(
  names: string[],
  folders: { from: string; to: string },
): Promise<void> {
  const { from, to } = folders;
  const store = join(await Deno.realPath(from), STORE);
  const found = new Set<string>();
  for (const name of names) {
    const link = await Deno.readLink(join(from, name));
    found.add(storeFolder(store, await Deno.realPath(join(from, name))));
    await makeLink(link, join(to, name));
  }
  // Grows while it is gone through.
  for (const folder of found) {
    const target = join(to, STORE, folder);
    for (const linked of await copyRunnable(join(store, folder), target)) {
      found.add(storeFolder(store, linked));
    }
  }
}

/**
 * Copies a folder without what nobody runs; links stay links.
 *
 * @returns what the links lead to, as absolute paths of the original
 */
export async function copyRunnable(from: string, to: string): Promise<string[]> {
  await Deno.mkdir(to, { recursive: true });
  const jobs: Promise<string[]>[] = [];
  for await (const { name, isDirectory, isSymlink } of Deno.readDir(from)) {
    const [source, target] = [join(from, name), join(to, name)];
    if (isDirectory) jobs.push(copyRunnable(source, target));
    else if (isSymlink) jobs.push(copyLink(source, target));
    else if (!NOT_RUN.test(name)) jobs.push(Deno.copyFile(source, target).then(() => []));
  }
  return (await Promise.all(jobs)).flat();
}

async function copyLink(source: string, target: string): Promise<string[]> {
  const link = await Deno.readLink(source);
  await makeLink(link, target);
  return [resolve(dirname(source), link)];
}

async function makeLink(link: string, path: string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.symlink(link, path, { type: "dir" });
}

/** ".deno/preact@10.29.8/node_modules/preact" lies in "preact@10.29.8". */
function storeFolder(store: string, path: string): string {
  return relative(store, path).split(/[\\/]/)[0] ?? "";
}
