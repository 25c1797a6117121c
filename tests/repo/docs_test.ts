/** What the documentation names exists: files, folders, tasks, pages and their sections. */
import { posix } from "node:path";
import { assert, assertEquals } from "@std/assert";
import { listRepoFiles, readRepoFile, REPO_ROOT } from "@/tests/helpers/repo_files.ts";

// In backticks or in a command: a path below one of the project's folders, or a file of its root.
const PATH =
  /(?<![\w./@-])((?:lib|db|routes|islands|components|jsr|static|tests|tasks|bench|docs|clients)\/[\w./()[\]-]*|[\w.]+\.(?:ts|tsx|json|lock|md|example))(?![\w/])/g;
const CODE = /```[^]*?```|`[^`\n]+`/g;
const TASK = /\bdeno(?:@[\d.]+)? task ([a-z][a-z0-9:_-]*)/g;
const LINK = /\[[^\]]*\]\(([^)\s]+)\)/g;
const PICTURE = /!\[[^\]]*\]\(([^)\s]+)\)|<img [^>]*src="([^"]+)"/g;
const PICTURE_BYTES = 150_000;

async function listPages(): Promise<string[]> {
  const pages = await listRepoFiles([".md"]);
  assert(pages.includes("README.md") && pages.includes("CONTRIBUTING.md"));
  return pages;
}

Deno.test("Every path that a page names in code exists", async () => {
  const missing: string[] = [];
  let count = 0;
  for (const page of await listPages()) {
    const code = (await readRepoFile(page)).match(CODE) ?? [];
    for (const [, path = ""] of code.join("\n").matchAll(PATH)) {
      count++;
      const exists = await isThere(path) || await isThere(posix.join(posix.dirname(page), path));
      if (!exists) missing.push(`${page}: ${path}`);
    }
  }
  assertEquals(missing, []);
  assert(count > 20, `Only ${count} paths were found`);
});

Deno.test("Every task that a page or a message names exists", async () => {
  const { tasks } = JSON.parse(await readRepoFile("deno.json"));
  const sources = (await listRepoFiles([".ts", ".tsx"])).filter((path) =>
    !path.startsWith("tests/")
  );
  const missing: string[] = [];
  for (const path of [...await listPages(), ...sources, ".env.example"]) {
    for (const [, name = ""] of (await readRepoFile(path)).matchAll(TASK)) {
      if (!(name in tasks)) missing.push(`${path}: deno task ${name}`);
    }
  }
  assertEquals(missing, []);
});

Deno.test("Every task has a description and is in README's table", async () => {
  const { tasks } = JSON.parse(await readRepoFile("deno.json"));
  const readme = await readRepoFile("README.md");
  for (const [name, task] of Object.entries<{ description?: string }>(tasks)) {
    assert((task.description ?? "").length > 10, name);
    assert(readme.includes(`| \`deno task ${name}\``), `README.md does not list "${name}"`);
  }
});

Deno.test("Every link between pages leads to a file, and to a heading of it", async () => {
  const broken: string[] = [];
  for (const page of await listPages()) {
    const text = (await readRepoFile(page)).replace(/```[^]*?```/g, "");
    for (const [, target = ""] of text.matchAll(LINK)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [file = "", anchor] = target.split("#");
      const path = file === "" ? page : posix.join(posix.dirname(page), file);
      if (!await isThere(path)) broken.push(`${page}: ${target}`);
      else if (anchor !== undefined && !(await headingsOf(path)).includes(anchor)) {
        broken.push(`${page}: ${target} (no such heading)`);
      }
    }
  }
  assertEquals(broken, []);
});

Deno.test("Every page of docs/ is listed in README.md or CONTRIBUTING.md", async () => {
  const lists = await readRepoFile("README.md") + await readRepoFile("CONTRIBUTING.md");
  const pages = (await listPages()).filter((page) => page.startsWith("docs/"));
  assert(pages.length > 10, String(pages));
  assertEquals(pages.filter((page) => !lists.includes(`](${page})`)), []);
});

Deno.test("Every picture that a page shows exists and is small", async () => {
  const wrong: string[] = [];
  let count = 0;
  for (const page of await listPages()) {
    const text = await readRepoFile(page);
    for (const [, source = "", other = ""] of text.matchAll(PICTURE)) {
      count++;
      const path = posix.join(posix.dirname(page), source || other);
      const size = await isThere(path) ? (await Deno.stat(new URL(path, REPO_ROOT))).size : null;
      if (size === null || size > PICTURE_BYTES) wrong.push(`${page}: ${path} (${size} bytes)`);
    }
  }
  assertEquals(wrong, []);
  assert(count > 0);
});

Deno.test("README's first request is the one that the demo sends", async () => {
  const demo = await readRepoFile("tasks/demo.ts");
  const [, body = ""] = /-d '(\{"to":[^']*)'/.exec(await readRepoFile("README.md")) ?? [];
  const { to, text } = JSON.parse(body);
  assert(demo.includes(`{ to: "${to}", text: "${text}" }`), body);
});

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(new URL(encodeURI(path), REPO_ROOT));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The anchors of a page's headings, as code hosts make them. */
async function headingsOf(path: string): Promise<string[]> {
  const text = (await readRepoFile(path)).replace(/```[^]*?```/g, "");
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")
  );
}
