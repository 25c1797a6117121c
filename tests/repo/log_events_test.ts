/** docs/observability.md lists every event that the server logs, with its level, and no other. */
import { assert, assertEquals } from "@std/assert";
import { readDocumentedEvents } from "@/tests/helpers/documented_events.ts";
import { listRepoFiles, readRepoFile, readRepoFiles } from "@/tests/helpers/repo_files.ts";

const CALL = /\blog\.(debug|info|warn|error)\(\s*("([a-z_]+)")?/g;
/** The chores' own lines: `this.#log[…](chore.name, …)`. */
const CHORE = /^ {2}\{\n {4}name: "([a-z_]+)",\n[^]*?^ {2}\},$/gm;

Deno.test("every event in the code is documented with its level, and every documented one is in the code", async () => {
  const paths = (await listRepoFiles([".ts", ".tsx"])).filter((path) =>
    /^(lib|db|routes|main\.ts)/.test(path)
  );
  const inCode = new Set<string>();
  for (const [path, text] of await readRepoFiles(paths)) {
    for (const [call, level, name, event] of text.replaceAll("#log.", "log.").matchAll(CALL)) {
      assert(name !== undefined, `${path}: an event that is no literal: ${call}`);
      inCode.add(`${event} ${level}`);
    }
  }
  const chores = [...(await readRepoFile("lib/maintenance.ts")).matchAll(CHORE)];
  assert(chores.length >= 8, `${chores.length} chores`);
  for (const [chore, name] of chores) {
    inCode.add(`${name} ${chore.includes("isRoutine: true") ? "debug" : "info"}`);
  }
  const documented = [...await readDocumentedEvents()].map(([name, { level }]) =>
    `${name} ${level}`
  );
  assertEquals(documented.toSorted(), [...inCode].toSorted());
});
