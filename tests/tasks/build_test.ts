/** What browsers load is built when it has to be, once, and whole. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { makeBuild, writeBuild } from "@/tasks/build/build.ts";
import { isUpToDate, readFacts } from "@/tasks/build/build_facts.ts";
import { listIslands } from "@/tasks/build/inputs.ts";
import { buildScripts } from "@/tasks/build/scripts.ts";
import { REPO_ROOT } from "@/tests/helpers/repo_files.ts";
import { taskProcess } from "@/tests/helpers/task_process.ts";

const FILES: Record<string, string> = {
  "deno.json": `{ "imports": { "@/": "./", "zod": "npm:zod" } }`,
  "deno.lock": "{}",
  "styles/app.css":
    `@import "tailwindcss" source(none); @source "../routes"; @source "../components"; @source "../islands";`,
  "routes/index.tsx": `export default () => <p class="p-4">page</p>;`,
  "routes/(admin)/(_islands)/Inner.tsx": `export default () => <b>inner</b>;`,
  "components/Box.tsx": `export const Box = () => <p class="m-3">box</p>;`,
  "islands/Tick.tsx":
    `import { Box } from "@/components/Box.tsx"; import { NAME } from "@/lib/name.ts"; export default () => <b class="px-7"><Box />{NAME}</b>;`,
  "islands/live.ts": `export const live = 1;`,
  "islands/Tick_test.tsx": `throw new Error("a test was bundled");`,
  "islands/(_parts)/Part.tsx": `export default () => null;`,
  "lib/name.ts": `export const NAME = "name of lib";`,
  "lib/other.ts": `export const OTHER = 1;`,
  "jsr/fresh/islands/client.ts": `export const boot = 1;`,
  "jsr/fresh/islands/signals.ts": `export const signals = 1;`,
};

// The bundler's process ends in its own time, in this test or the next one.
const UNWATCHED = { sanitizeOps: false, sanitizeResources: false };

/** A project of its own in a folder that sees this project's packages. */
async function withProject(run: (root: URL) => Promise<void>): Promise<void> {
  await Deno.mkdir(new URL(".build/", REPO_ROOT), { recursive: true });
  const folder = await Deno.makeTempDir({ dir: new URL(".build", REPO_ROOT).pathname });
  const root = new URL(`file://${folder}/`);
  try {
    for (const path of Object.keys(FILES)) await write(root, path);
    await run(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function write(root: URL, path: string, text: string = FILES[path] ?? ""): Promise<void> {
  const file = new URL(path, root);
  await Deno.mkdir(new URL(".", file), { recursive: true });
  await Deno.writeTextFile(file, text);
}

Deno.test({
  name: "a build holds the styles that pages use, and a script for each island",
  ...UNWATCHED,
  fn: async () => {
    await withProject(async (root) => {
      const { facts, files } = await makeBuild(root);
      const text = (path: string) => new TextDecoder().decode(files.get(path));
      const css = text("/styles.css");
      for (const name of [".p-4", ".m-3", ".px-7"]) assertStringIncludes(css, name);
      assertEquals(Object.keys(facts.scripts).sort(), [
        "islands/Tick.tsx",
        "jsr/fresh/islands/client.ts",
        "jsr/fresh/islands/signals.ts",
        "routes/(admin)/(_islands)/Inner.tsx",
      ]);
      const tick = facts.scripts["islands/Tick.tsx"] ?? [];
      assert(tick.every((url) => /^\/_fresh\/js\/\w+-[A-Z0-9]{8}\.js$/.test(url)), tick.join());
      assertStringIncludes(tick.map(text).join(""), "name of lib");
      assertEquals(facts.furtherInputs, ["lib/name.ts"]);
    });
  },
});

Deno.test({
  name: "the islands of a project are its components, without tests, helpers and parts",
  ...UNWATCHED,
  fn: async () => {
    await withProject(async (root) => {
      assertEquals(await listIslands(root), [
        "islands/Tick.tsx",
        "routes/(admin)/(_islands)/Inner.tsx",
      ]);
    });
  },
});

Deno.test({
  name: "a build is stale once a source of it changes, also one outside the known folders",
  ...UNWATCHED,
  fn: async () => {
    await withProject(async (root) => {
      assertEquals(await readFacts(root), null);
      await writeBuild(root, await makeBuild(root));
      const facts = await readFacts(root);
      assert(facts !== null);
      const isFresh = () => isUpToDate(root, facts);
      assertEquals(await isFresh(), true);
      await write(root, "lib/other.ts", "export const OTHER = 2;");
      assertEquals(await isFresh(), true);
      for (const path of ["components/Box.tsx", "styles/app.css", "lib/name.ts", "deno.lock"]) {
        await write(root, path, `${FILES[path]}\n`);
        assertEquals(await isFresh(), false, path);
        await write(root, path);
        assertEquals(await isFresh(), true, path);
      }
      await write(root, "islands/New.tsx", "export default () => null;");
      assertEquals(await isFresh(), false);
    });
  },
});

Deno.test({
  name: "a source that cannot be bundled fails the build, naming file and line",
  ...UNWATCHED,
  fn: async () => {
    await withProject(async (root) => {
      await write(root, "islands/Tick.tsx", "\nexport default () => <b>;");
      await assertRejects(() => makeBuild(root), Error, "islands/Tick.tsx:2");
      await write(root, "islands/Tick.tsx", `import "@/db/none.ts";\nexport default () => null;\n`);
      await assertRejects(() => makeBuild(root), Error, "islands/Tick.tsx:1");
    });
  },
});

Deno.test({
  name: "islands load nothing that is meant for the server",
  ...UNWATCHED,
  fn: async () => {
    const { inputs } = await buildScripts(REPO_ROOT, {
      entries: ["jsr/fresh/islands/client.ts", ...await listIslands(REPO_ROOT)],
      aliases: { "@/": "./", "fresh/runtime": "./jsr/fresh/runtime.ts" },
    });
    assertEquals(
      inputs.filter((path) => /^(?:db|routes|lib\/(?:server|http|cli|meta))\//.test(path)),
      [],
    );
  },
});

Deno.test({
  name: "deno task build prints the size of the styles, the runtime and each island",
  ...UNWATCHED,
  fn: async () => {
    const { code, stdout } = await taskProcess("build", {}).output();
    assertEquals(code, 0);
    assert(/^ *[\d.]+ kB {2}styles\.css$/m.test(stdout), stdout);
    for (const path of ["jsr/fresh/islands/client.ts", ...await listIslands(REPO_ROOT)]) {
      assertStringIncludes(stdout, path);
    }
    const size = /client\.ts \(([\d.]+) kB/.exec(stdout)?.[1];
    assert(Number(size) < 8, `The runtime with Preact has ${size} kB`);
  },
});
