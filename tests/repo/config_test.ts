/**
 * The three configuration files stay one: what runs is what is tested, and the published packages could take the place
 * of the stand-ins without any other change.
 */
import { assert, assertEquals } from "@std/assert";
import { checkConfigs, deriveConfigs, listDifferences } from "@/tasks/check/configs.ts";

const ROOT = new URL("../../", import.meta.url);

const BASE = {
  nodeModulesDir: "auto",
  imports: { "fresh": "./jsr/fresh/mod.ts", "zod": "npm:zod@4.6.7" },
  compilerOptions: { strict: true },
  tasks: { start: "deno run main.ts" },
};

Deno.test("deno.test.json and deno.jsr.json agree with deno.json", async () => {
  assertEquals(await checkConfigs(ROOT), []);
});

Deno.test("The test configuration adds packages and changes none", () => {
  const { test } = deriveConfigs(BASE);
  const lines = listDifferences(test.imports, BASE.imports);
  assert(lines.length > 0);
  for (const line of lines) assert(line.endsWith("instead of missing"), line);
  assertEquals(test.compilerOptions, BASE.compilerOptions);
});

Deno.test("The published packages differ from the stand-ins in four names alone", async () => {
  const base = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const { jsr } = deriveConfigs(base);
  assertEquals(listDifferences(jsr.imports, base.imports).map((line) => line.split(" ")[0]), [
    "fresh",
    "fresh/runtime",
    "@std/assert",
    "@std/testing/bdd",
  ]);
});

Deno.test("A package that is missing, extra or of another version is named", () => {
  const { test } = deriveConfigs(BASE);
  const imports = {
    ...test.imports as Record<string, string>,
    zod: "npm:zod@4.0.0",
    left: "npm:left@1.0.0",
  };
  assertEquals(listDifferences({ ...test, imports }, test), [
    'imports.zod is "npm:zod@4.0.0" instead of "npm:zod@4.6.7"',
    'imports.left is "npm:left@1.0.0" instead of missing',
  ]);
  assertEquals(listDifferences({}, { unstable: ["net"] }), [
    'unstable is missing instead of ["net"]',
  ]);
});

Deno.test("Every package is pinned to one exact version, from npm alone", async () => {
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.test.json", ROOT)));
  for (const [name, target] of Object.entries<string>(imports)) {
    assert(
      target.startsWith("./") ||
        /^npm:(@[\w.-]+\/)?[\w.-]+@[0-9]+\.[0-9]+\.[0-9]+[\w.-]*$/.test(target),
      name,
    );
  }
});

Deno.test("Packages that only tests have are imported by tests alone", async () => {
  const { test } = deriveConfigs(BASE);
  const names = Object.keys(test.imports as object).filter((name) => !(name in BASE.imports));
  const wrong: string[] = [];
  for await (const path of listSources(ROOT)) {
    if (path.startsWith("tests/") || path.startsWith("tasks/check/")) continue;
    const text = await Deno.readTextFile(new URL(path, ROOT));
    if (names.some((name) => text.includes(`"${name}`))) wrong.push(path);
  }
  assertEquals(wrong, []);
});

/** The project's own TypeScript files, as paths from its root. */
async function* listSources(root: URL, folder: string = ""): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(new URL(`./${folder}`, root))) {
    const path = `${folder}${entry.name}`;
    if (entry.isDirectory && !entry.name.startsWith(".") && entry.name !== "node_modules") {
      yield* listSources(root, `${path}/`);
    }
    if (entry.isFile && /\.tsx?$/.test(entry.name)) yield path;
  }
}
