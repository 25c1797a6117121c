/**
 * What the server may do, as options of Deno: the network, its own files, its data directory and its own environment
 * variables. It may run nothing and load no native code. The launcher gives them to the process that it starts, and
 * `deno compile` puts them into the binary.
 */
import { CONFIG_NAMES } from "@/lib/config.ts";

/** The only folder that the single binary may write: below the folder that it is started from. */
export const BINARY_DATA_DIR = ".data";

/** The options for a server that reads and writes these paths. Without a path to write, it writes nowhere. */
export function serverPermissions(paths: { read: string[]; write: string[] }): string[] {
  return [
    "--no-prompt",
    "--allow-net",
    `--allow-read=${paths.read.join(",")}`,
    ...(paths.write.length > 0 ? [`--allow-write=${paths.write.join(",")}`] : []),
    `--allow-env=${CONFIG_NAMES.join(",")}`,
    // The database driver and the HTTP client look for dozens of variables; they find none.
    "--ignore-env",
  ];
}

/** The options for the single binary, which has to know its paths when it is compiled. What it embeds it may read too. */
export function binaryPermissions(): string[] {
  return serverPermissions({ read: [BINARY_DATA_DIR], write: [BINARY_DATA_DIR] });
}
