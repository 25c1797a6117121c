/** The project's own files, for the tests that look at the source itself. */

/** The project's folder. */
export const REPO_ROOT = new URL("../../", import.meta.url);

const SKIPPED = ["node_modules", "coverage", "_fresh", "screenshots"];

/** Paths from the project's folder of all files whose name ends so; without dependencies and hidden folders. */
export async function listRepoFiles(endings: string[], folder: string = ""): Promise<string[]> {
  const paths: string[] = [];
  for await (const entry of Deno.readDir(new URL(`./${folder}`, REPO_ROOT))) {
    const path = `${folder}${entry.name}`;
    if (entry.isDirectory && !entry.name.startsWith(".") && !SKIPPED.includes(entry.name)) {
      paths.push(...await listRepoFiles(endings, `${path}/`));
    }
    if (entry.isFile && endings.some((ending) => entry.name.endsWith(ending))) paths.push(path);
  }
  return paths.sort();
}

/** Reads files of the project, by path. */
export async function readRepoFiles(paths: string[]): Promise<Map<string, string>> {
  return new Map(
    await Promise.all(
      paths.map(async (path): Promise<[string, string]> => [path, await readRepoFile(path)]),
    ),
  );
}

/** Reads a file of the project. */
export function readRepoFile(path: string): Promise<string> {
  return Deno.readTextFile(new URL(encodeURI(path), REPO_ROOT));
}
