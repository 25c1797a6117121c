/**
 * A project on Node that has the client installed: the package is built, packed as npm would publish it, and unpacked
 * into the project's node_modules.
 */
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { assertEquals } from "@std/assert";
import { buildClient } from "@/tasks/client/build.ts";
import type { WorldAddress } from "@/tests/clients/typescript/world.ts";

/** Such a project, in a folder of its own. */
export interface NodeProject extends AsyncDisposable {
  /** Where the client is installed. */
  installed: string;
  /** What npm puts into the package. */
  files: string[];
  /** Runs all cases (programme.ts) in a process of a runtime that loads packages as Node does. */
  runCases(runtime: string, address: WorldAddress): Promise<Record<string, string | null>>;
  /** Runs the TypeScript of a page of documentation from its top to its end; what it prints. */
  runPage(markdown: string, environment: Record<string, string>): Promise<string>;
}

const ROOT = new URL("../../../", import.meta.url);

const MAIN = `
import * as api from "messages-api-client";
import { runCases } from "./programme.mjs";
console.log(JSON.stringify(await runCases(api, JSON.parse(process.argv[2]))));
`;

/** Makes the project. */
export async function makeNodeProject(): Promise<NodeProject> {
  const folder = await Deno.makeTempDir();
  const built = new URL(`file://${folder}/built/`);
  const installed = `${folder}/node_modules/messages-api-client`;
  await Deno.mkdir(installed, { recursive: true });
  await buildClient(built);
  await bundleProgramme(`${folder}/programme.mjs`);
  await Deno.writeTextFile(`${folder}/main.mjs`, MAIN);
  const [packed] = JSON.parse(
    await run("npm", ["pack", "--json", "--ignore-scripts", fileURLToPath(built)], folder),
  );
  await run("tar", ["-xzf", packed.filename, "--strip-components=1", "-C", installed], folder);
  return {
    installed,
    files: packed.files.map(({ path }: { path: string }) => path).toSorted(),
    runCases: async (runtime, address) =>
      JSON.parse(await run(runtime, ["main.mjs", JSON.stringify(address)], folder)),
    runPage: async (markdown, environment) => {
      const blocks = [...markdown.matchAll(/```ts\n([^]*?)```/g)].map(([, block = ""]) => block);
      await Deno.writeTextFile(`${folder}/page.mjs`, await transform(blocks.join("\n")));
      return await run("node", ["page.mjs"], folder, environment);
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

async function bundleProgramme(outfile: string): Promise<void> {
  try {
    await esbuild.build({
      entryPoints: [fileURLToPath(new URL("programme.ts", import.meta.url))],
      outfile,
      alias: { "@": fileURLToPath(ROOT) },
      bundle: true,
      format: "esm",
      logLevel: "silent",
      platform: "node",
      target: "node20",
      tsconfigRaw: {},
    });
  } finally {
    await esbuild.stop();
  }
}

async function transform(source: string): Promise<string> {
  try {
    return (await esbuild.transform(source, { loader: "ts", target: "node20" })).code;
  } finally {
    await esbuild.stop();
  }
}

async function run(
  program: string,
  args: string[],
  cwd: string,
  environment: Record<string, string> = {},
): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    cwd,
    env: { npm_config_update_notifier: "false", NO_COLOR: "1", ...environment },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  assertEquals(code, 0, `${program} ${args.join(" ")}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}
