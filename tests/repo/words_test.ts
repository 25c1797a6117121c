/** The project speaks of itself alone, and in a few fixed ways. */
import { assertEquals } from "@std/assert";
import { listRepoFiles, readRepoFiles } from "@/tests/helpers/repo_files.ts";

/** What no file may contain, and why. */
const FORBIDDEN: [pattern: RegExp, reason: string][] = [
  [/\bTODO\b|\bFIXME\b|\bXXX\b/, "finish it, or open an issue"],
  [/registry\.npmjs|localhost:4873|verdaccio/i, "no registry addresses"],
  [/(?<![\w./])\/(home|Users|work)\/\w/, "no paths of one machine"],
  [/\.\.\/shared\//, "nothing outside the repository"],
];

/** What a test's name must not contain. */
const FORBIDDEN_IN_NAMES = /\bshould\b|#[0-9]/;

const NAME = /(?:\bit|\bdescribe|Deno\.test|\bt\.step)\(\s*(["'`])((?:\\.|(?!\1)[^\\])*)\1/g;

Deno.test("No file contains what does not belong into the project", async () => {
  const paths = await listRepoFiles([".ts", ".tsx", ".sql", ".md", ".json", ".css", ".example"]);
  const found: string[] = [];
  for (const [path, text] of await readRepoFiles(paths)) {
    if (path === "tests/repo/words_test.ts") continue;
    for (const [index, line] of text.split("\n").entries()) {
      for (const [pattern, reason] of FORBIDDEN) {
        if (pattern.test(line)) found.push(`${path}:${index + 1}: ${line.trim()} (${reason})`);
      }
    }
  }
  assertEquals(found, []);
});

Deno.test("Every source file opens with what it owns", async () => {
  const paths = await listRepoFiles([".ts", ".tsx", ".sql"]);
  const bare: string[] = [];
  for (const [path, text] of await readRepoFiles(paths)) {
    const start = text.replace(/^(#!.*\n|\/\/ deno-lint-ignore-file.*\n|\/\*\* @jsx.*\n)+/, "");
    if (!/^(\/\*\*|\/\/|-- )/.test(start)) bare.push(path);
  }
  assertEquals(bare, []);
});

Deno.test("Test names state what is guaranteed, and are unique in their file", async () => {
  const wrong: string[] = [];
  const paths = await listRepoFiles(["_test.ts", "_test.tsx"], "tests/");
  for (const [path, text] of await readRepoFiles(paths)) {
    const seen = new Set<string>();
    for (const [, , name = ""] of text.matchAll(NAME)) {
      if (FORBIDDEN_IN_NAMES.test(name)) wrong.push(`${path}: "${name}"`);
      // Names of one word belong to the small test files that some tests write.
      if (seen.has(name) && name.includes(" ") && !name.includes("${")) {
        wrong.push(`${path}: "${name}" twice`);
      }
      seen.add(name);
    }
  }
  assertEquals(wrong, []);
});
