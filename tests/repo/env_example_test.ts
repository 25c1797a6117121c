/** .env.example: every variable that the server reads, with its default, and no other. */
import { assertEquals } from "@std/assert";
import { CONFIG_NAMES, parseConfig } from "@/lib/config.ts";
import { readRepoFile } from "@/tests/helpers/repo_files.ts";

// Without a default: what is shown is an example.
const EXAMPLES = ["APP_URL", "DATABASE_URL"];

const LINE = /^(?:# )?([A-Z][A-Z0-9_]*)=(.*)$/;

async function readVariables(): Promise<[name: string, value: string][]> {
  const text = await readRepoFile(".env.example");
  return text.split("\n").flatMap((line) => {
    const [, name, value = ""] = LINE.exec(line) ?? [];
    return name === undefined ? [] : [[name, value]];
  });
}

Deno.test(".env.example lists exactly the variables that the server reads, each once", async () => {
  const names = (await readVariables()).map(([name]) => name);
  assertEquals(names.toSorted(), [...CONFIG_NAMES].toSorted());
});

Deno.test(".env.example changes nothing when it is copied as it is", async () => {
  const text = await readRepoFile(".env.example");
  assertEquals(text.split("\n").filter((line) => line !== "" && !line.startsWith("#")), []);
});

Deno.test(".env.example shows the defaults, and examples that are valid", async () => {
  const variables = await readVariables();
  const defaults = variables.filter(([name]) => !EXAMPLES.includes(name));
  assertEquals(parseConfig(Object.fromEntries(defaults)), parseConfig({}));
  const all = Object.fromEntries(variables);
  const config = parseConfig({ ...all, ENCRYPTION_KEY: btoa("k".repeat(32)) });
  assertEquals([config.appUrl, config.databaseUrl], [all.APP_URL, all.DATABASE_URL]);
});
