/** Imports point one way — routes, lib, db — and a few things are touched in one place alone. */
import { assertEquals } from "@std/assert";
import { listRepoFiles, readRepoFiles } from "@/tests/helpers/repo_files.ts";
import { findViolations } from "@/tests/repo/layers.ts";

Deno.test("Every import points one way", async () => {
  const sources = await readRepoFiles(await listRepoFiles([".ts", ".tsx"]));
  // They quote what is forbidden.
  for (const name of ["layers.ts", "layers_test.ts"]) sources.delete(`tests/repo/${name}`);
  assertEquals(sources.size > 150, true, `${sources.size} files`);
  assertEquals(findViolations(sources), []);
});

// A source that breaks one rule, and the beginning of what is said.
const WRONG: [path: string, text: string, line: string][] = [
  ["db/x.ts", 'import { a } from "@/lib/log.ts";', "db/x.ts → lib/log.ts: db/ imports"],
  ["db/x.ts", 'import type { A } from "../lib/log.ts";', "db/x.ts → lib/log.ts: db/ imports"],
  ["lib/x.ts", 'import { a } from "@/routes/index.tsx";', "lib/x.ts → routes/index.tsx: lib/"],
  ["lib/x.ts", 'const a = await import("@/main.ts");', "lib/x.ts → main.ts: lib/"],
  ["lib/x.ts", 'export { a } from "@/tasks/launch.ts";', "lib/x.ts → tasks/launch.ts: lib/"],
  ["routes/x.ts", 'import "@/cli.ts";', "routes/x.ts → cli.ts: routes/"],
  ["main.ts", 'import { a } from "@/tests/helpers/seed.ts";', "main.ts → tests/helpers/seed.ts: "],
  ["lib/meta/x.ts", 'import { a } from "@/lib/api/errors.ts";', "lib/meta/x.ts → lib/api/errors"],
  ["lib/meta/a/x.ts", 'import { a } from "../../messages/b.ts";', "lib/meta/a/x.ts → lib/messages"],
  ["lib/meta/x.ts", 'import type { Sql } from "@/db/connect.ts";', "lib/meta/x.ts → db/connect.ts"],
  ["lib/x.ts", 'import postgres from "postgres";', "lib/x.ts → postgres: only db/"],
  ["tasks/x.ts", 'import { a } from "@electric-sql/pglite";', "tasks/x.ts → @electric-sql/pglite"],
  ["main.ts", 'import { App } from "./jsr/fresh/mod.ts";', "main.ts → jsr/fresh/mod.ts: nothing"],
  ["jsr/fresh/x.ts", 'import { a } from "@/lib/log.ts";', "jsr/fresh/x.ts → lib/log.ts: jsr/"],
  ["lib/x.ts", 'const a = Deno.env.get("PORT");', "lib/x.ts: only the edges read"],
  ["routes/api/x.ts", "throw new HttpError(404);", "routes/api/x.ts: no HttpError in the API"],
  [
    "lib/x.ts",
    'import { a } from "@/clients/typescript/src/mod.ts";',
    "lib/x.ts → clients/typescript",
  ],
  ["clients/x.ts", 'import type { A } from "@/lib/log.ts";', "clients/x.ts → lib/log.ts: clients/"],
  ["clients/x.ts", 'import { a } from "zod";', "clients/x.ts → zod: clients/ imports nothing"],
  ["clients/x.ts", "const a = Deno.cwd();", "clients/x.ts: clients/ name nothing"],
  ["lib/x.ts", "await fetch(url);", "lib/x.ts: the server calls nobody with fetch"],
  [
    "islands/X.tsx",
    'import { a } from "@/db/users.ts";',
    "islands/X.tsx → db/users.ts: islands and components",
  ],
  [
    "components/X.tsx",
    'import {\n  a,\n} from "@/lib/log.ts";',
    "components/X.tsx → node:crypto: islands and components",
  ],
];

Deno.test("A source that breaks one of the rules is found", () => {
  for (const [path, text, line] of WRONG) {
    const sources = new Map([["lib/log.ts", 'import { b } from "node:crypto";'], [path, text]]);
    const violations = findViolations(sources);
    assertEquals(violations.length, 1, `${path}: ${text}\n${violations.join("\n")}`);
    assertEquals(violations[0]?.slice(0, line.length), line);
  }
});

Deno.test("What is allowed is not found: types, comments, packages and the right direction", () => {
  const sources = new Map([
    ["lib/log.ts", 'import { b } from "node:crypto";'],
    ["islands/X.tsx", 'import type { A } from "@/lib/log.ts";\nimport { h } from "preact";'],
    ["routes/api/x.ts", '// never HttpError\nimport { a } from "@/lib/api/errors.ts";'],
    ["lib/x.ts", "/** Not fetch(url), not Deno.env. */\nawait graph.fetch(url); refetch(1);"],
    ["lib/cli/x.ts", 'import { a } from "@/clients/typescript/src/mod.ts";'],
    ["clients/x.ts", 'import { a } from "./y.ts";\nif ("Deno" in globalThis) await fetch(url);'],
    ["db/x.ts", 'import postgres from "postgres";\nimport { a } from "./y.ts";'],
    ["tests/jsr/x_test.ts", 'import { a } from "@/jsr/fresh/mod.ts";'],
  ]);
  assertEquals(findViolations(sources), []);
});
