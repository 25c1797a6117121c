/**
 * The scripts of the browser: esbuild makes one file for each island and one for each part of the runtime, and puts
 * what they share into chunks. Names carry a hash of the contents, so that a browser may keep a file for ever.
 */
import { basename, posix } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

/** The scripts of one build. */
export interface BuiltScripts {
  /** Contents by file name. */
  files: Map<string, Uint8Array>;
  /** For each entry the names of its file and of the chunks that it loads, its own first. */
  entries: Record<string, string[]>;
  /** The sources of the project that took part, as paths below its folder. */
  inputs: string[];
}

/**
 * Bundles scripts.
 *
 * @param options.entries source files below the project's folder
 * @param options.aliases names in imports that mean a path below the project's folder, such as "@/" and "./"
 * @throws Error with the messages of esbuild when a source cannot be bundled
 */
export async function buildScripts(
  root: URL,
  options: { entries: string[]; aliases: Record<string, string> },
): Promise<BuiltScripts> {
  const folder = fileURLToPath(root);
  try {
    const result = await esbuild.build({
      absWorkingDir: folder,
      alias: absoluteAliases(root, options.aliases),
      bundle: true,
      chunkNames: "chunk-[hash]",
      define: { "process.env.NODE_ENV": '"production"' },
      entryNames: "[name]-[hash]",
      entryPoints: options.entries.map((path) => ({ in: `./${path}`, out: outName(path) })),
      format: "esm",
      jsx: "automatic",
      jsxImportSource: "preact",
      legalComments: "none",
      logLevel: "silent",
      metafile: true,
      minify: true,
      outdir: "out",
      platform: "browser",
      splitting: true,
      target: "es2022",
      tsconfigRaw: {},
      write: false,
    });
    const outputs = result.metafile.outputs;
    const entries: Record<string, string[]> = {};
    for (const [path, output] of Object.entries(outputs)) {
      if (output.entryPoint !== undefined) entries[output.entryPoint] = loadedBy(path, outputs);
    }
    return {
      files: new Map(result.outputFiles.map((file) => [basename(file.path), file.contents])),
      entries,
      inputs: Object.keys(result.metafile.inputs).filter((path) => !path.includes("node_modules/")),
    };
  } finally {
    // It keeps a process of its own, which would keep this one alive.
    await esbuild.stop();
  }
}

/** The file and everything that it imports statically, in the order of discovery. */
function loadedBy(path: string, outputs: esbuild.Metafile["outputs"]): string[] {
  const found = new Set([path]);
  for (const name of found) {
    for (const { kind, path: imported } of outputs[name]?.imports ?? []) {
      if (kind === "import-statement") found.add(imported);
    }
  }
  return [...found].map((name) => posix.basename(name));
}

/** "routes/(admin)/(_islands)/Chart.tsx" becomes "routes__admin___islands__Chart": no folder, no odd character. */
function outName(path: string): string {
  return path.replace(/\.[tj]sx?$/, "").replace(/\W/g, "_");
}

/** A folder's alias ends in a slash in import maps, and does not with esbuild. */
function absoluteAliases(root: URL, aliases: Record<string, string>): Record<string, string> {
  const withoutSlash = (text: string) => text.replace(/\/$/, "");
  return Object.fromEntries(
    Object.entries(aliases).map(([name, target]) => [
      withoutSlash(name),
      withoutSlash(fileURLToPath(new URL(target, root))),
    ]),
  );
}
