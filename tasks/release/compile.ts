/**
 * `deno task compile`: one file that holds the server, its pages and its database, and Deno. It is made from a
 * release, so that it embeds the same as an image holds. Deno fetches the base of the binary, about 40 MB, from its
 * release host (dl.deno.land) at the first time, or takes the one that DENORT_BIN names.
 */
// deno-lint-ignore-file no-console -- the output of this task is for a reader at a terminal
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { binaryPermissions } from "@/tasks/permissions.ts";
import { assembleRelease, orExit, ReleaseError } from "./assemble.ts";
import { BINARY_ENTRY, DATA_FOLDERS } from "./contents.ts";

/** The command line of Deno that makes a binary from a release. */
export function compileArguments(
  release: string,
  options: { output: string; target?: string | undefined },
): string[] {
  return [
    "compile",
    // `deno task check` has checked them.
    "--no-check",
    `--config=${join(release, "deno.json")}`,
    ...binaryPermissions(),
    ...DATA_FOLDERS.map((folder) => `--include=${join(release, folder)}`),
    ...(options.target === undefined ? [] : [`--target=${options.target}`]),
    `--output=${options.output}`,
    join(release, BINARY_ENTRY),
  ];
}

async function compile(): Promise<void> {
  const { output, target } = readOptions();
  const release = await Deno.makeTempDir({ prefix: "messages-api-release-" });
  try {
    await assembleRelease(release);
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: compileArguments(release, { output: resolve(output), target }),
      stdin: "null",
      // Says what it embeds.
      stdout: "inherit",
      stderr: "inherit",
    }).output();
    if (!success) throw new ReleaseError("The binary was not made: see the lines above");
  } finally {
    await Deno.remove(release, { recursive: true });
  }
  console.log(`Made "${output}"`);
}

function readOptions(): { output: string; target: string | undefined } {
  try {
    const { values } = parseArgs({
      args: Deno.args,
      options: {
        output: { type: "string", short: "o", default: "messages-api" },
        target: { type: "string" },
      },
    });
    return { output: values.output, target: values.target };
  } catch (error) {
    throw new ReleaseError(error instanceof Error ? error.message : String(error));
  }
}

if (import.meta.main) await orExit(compile);
