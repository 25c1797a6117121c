/** Files stay small enough to be read in one go. */
import { assertEquals } from "@std/assert";
import { listRepoFiles, readRepoFiles } from "@/tests/helpers/repo_files.ts";

const SOURCE_LINES = 300;
const TEST_LINES = 500;
const STAND_IN_LINES = 1_500;
const ISLANDS_LINES = 720;

// Written by a task, not by people.
const GENERATED = ["fresh.gen.ts", "db/schema.sql"];

Deno.test("No source file has more than 300 lines, and no test file more than 500", async () => {
  const paths = await listRepoFiles([".ts", ".tsx", ".sql"]);
  const files = await readRepoFiles(paths.filter((path) => !GENERATED.includes(path)));
  const tooLong = [...files]
    .map(([path, text]) => ({ path, lines: countLines(text) }))
    .filter(({ path, lines }) => lines > (path.startsWith("tests/") ? TEST_LINES : SOURCE_LINES))
    .map(({ path, lines }) => `${path}: ${lines} lines, split it by concept`);
  assertEquals(tooLong, []);
});

Deno.test("The stand-in for Fresh has at most 1500 lines, and its islands 720 more", async () => {
  const paths = await listRepoFiles([".ts", ".tsx"], "jsr/fresh/");
  const islands = paths.filter((path) => path.startsWith("jsr/fresh/islands/"));
  const rest = paths.filter((path) => !islands.includes(path));
  for (const [part, limit] of [[rest, STAND_IN_LINES], [islands, ISLANDS_LINES]] as const) {
    const files = await readRepoFiles(part);
    const lines = [...files.values()].map(countLines).reduce((sum, count) => sum + count, 0);
    assertEquals(lines > 0 && lines <= limit, true, `${part[0]} and others: ${lines} lines`);
  }
});

function countLines(text: string): number {
  return text.split("\n").length - 1;
}
