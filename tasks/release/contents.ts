/**
 * What a release holds: just what a server and the operator's commands need to run. One list for the container image,
 * the single binary, the folder that a systemd unit runs, and the tests that start a server from nothing else.
 */

/** Files and folders of the project, as paths from its root; a folder stands for everything in it. */
export const RELEASE_SOURCES = [
  ".env.example",
  "LICENSE",
  "cli.ts",
  "clients/typescript/src/",
  "components/",
  "db/",
  "fresh.gen.ts",
  "islands/",
  "jsr/fresh/",
  "lib/",
  "main.ts",
  "routes/",
  "static/",
  "tasks/build/build_facts.ts",
  "tasks/build/ensure_built.ts",
  "tasks/build/inputs.ts",
  "tasks/launch.ts",
  "tasks/permissions.ts",
  "tasks/release/binary.ts",
  "tasks/release/ready.ts",
  "tasks/start.ts",
] as const;

/** What making a release needs on top: the tools, their settings, and the sources of what browsers load. */
export const BUILD_SOURCES = ["deno.json", "deno.lock", "dev.ts", "styles/", "tasks/"] as const;

/** Read while the server runs, as opposed to imported: the binary has to be told of them. */
export const DATA_FOLDERS = ["_fresh/", "db/migrations/", "static/"] as const;

/** The program of the single binary. */
export const BINARY_ENTRY = "tasks/release/binary.ts";

/** Packages that make what browsers load. The server imports none of them. */
export const BUILD_PACKAGES = [
  "@scalar/fastify-api-reference",
  "@tailwindcss/node",
  "@tailwindcss/oxide",
  "esbuild",
  "tailwindcss",
];

/** Names for tests only. */
const TEST_NAMES = ["@std/assert", "@std/testing/bdd"];

/** The tasks that work in a release. */
const RELEASE_TASKS = ["start", "cli", "migrate"];

/** The parts of deno.json that matter here. */
export interface ProjectConfig {
  unstable: string[];
  imports: Record<string, string>;
  compilerOptions: Record<string, unknown>;
  tasks: Record<string, { description: string; command: string }>;
}

/** The deno.json of a release. Its packages lie beside it: nothing is looked for, downloaded or written at a start. */
export function releaseConfig(base: ProjectConfig): Record<string, unknown> {
  const left = (names: string[]) => ([name]: [string, unknown]) => !names.includes(name);
  return {
    nodeModulesDir: "manual",
    lock: false,
    unstable: base.unstable,
    tasks: Object.fromEntries(
      Object.entries(base.tasks).filter(([name]) => RELEASE_TASKS.includes(name)),
    ),
    imports: Object.fromEntries(
      Object.entries(base.imports).filter(left([...BUILD_PACKAGES, ...TEST_NAMES])),
    ),
    compilerOptions: base.compilerOptions,
  };
}

/** The npm packages that a release imports by name. */
export function releasePackages(base: ProjectConfig): string[] {
  return Object.entries(base.imports)
    .filter(([name, target]) => target.startsWith("npm:") && !BUILD_PACKAGES.includes(name))
    .map(([name]) => name);
}
