/**
 * The TypeScript client as a package that Node and Bun load without a compiler: one file of JavaScript by esbuild, and
 * declarations by Deno, which checks the sources on the way with the types of the web platform alone: what only one
 * runtime has does not pass.
 */
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const CLIENT = new URL("../../clients/typescript/", import.meta.url);
const LICENCE = new URL("../../LICENSE", import.meta.url);

/** Newer syntax than this is rewritten; Node 20 knows all of it. */
const TARGET = "es2022";

const TYPES_OF_THE_WEB = {
  compilerOptions: {
    lib: ["dom", "dom.iterable", "dom.asynciterable", "esnext"],
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
  },
};

/**
 * Writes the package into a folder, in place of whatever was there.
 *
 * @throws Error when the sources do not compile
 */
export async function buildClient(folder: URL): Promise<void> {
  await Deno.remove(folder, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await Deno.mkdir(new URL("dist/", folder), { recursive: true });
  await Promise.all([
    bundle(new URL("dist/mod.js", folder)),
    declare(new URL("dist/", folder)),
    ...["package.json", "README.md"].map((name) =>
      Deno.copyFile(new URL(name, CLIENT), new URL(name, folder))
    ),
    Deno.copyFile(LICENCE, new URL("LICENSE", folder)),
  ]);
}

async function bundle(target: URL): Promise<void> {
  try {
    await esbuild.build({
      entryPoints: [fileURLToPath(new URL("src/mod.ts", CLIENT))],
      outfile: fileURLToPath(target),
      bundle: true,
      format: "esm",
      logLevel: "silent",
      platform: "neutral",
      target: TARGET,
      tsconfigRaw: {},
    });
  } finally {
    // It keeps a process of its own, which would keep this one alive.
    await esbuild.stop();
  }
}

/** One declaration file for each source; they name each other as the compiled files would be named. */
async function declare(target: URL): Promise<void> {
  const work = await Deno.makeTempDir();
  try {
    const names: string[] = [];
    for await (const { name } of Deno.readDir(new URL("src/", CLIENT))) {
      await Deno.copyFile(new URL(`src/${name}`, CLIENT), `${work}/${name}`);
      names.push(name);
    }
    await Deno.writeTextFile(`${work}/deno.json`, JSON.stringify(TYPES_OF_THE_WEB));
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["transpile", "--quiet", "--declaration", "--outdir", "out", ...names],
      cwd: work,
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "null",
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    for (const name of names) {
      const file = name.replace(/\.ts$/, ".d.ts");
      const text = await Deno.readTextFile(`${work}/out/${file}`);
      await Deno.writeTextFile(new URL(file, target), toDeclaration(text));
    }
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

function toDeclaration(text: string): string {
  return text
    .replace(/^\/\/\/ <amd-module .*\n/gm, "")
    .replace(/(from |import\()"(\.\/[a-z_]+)\.ts"/g, '$1"$2.js"');
}
