/**
 * Proves the generator of fresh.gen.ts: what each file of routes/ becomes, in
 * which order, and that what it writes compiles, is formatted, and registers
 * an application that answers as Fresh's file routes do.
 */
import { assertEquals, assertThrows } from "@std/assert";
import { readRouteFiles } from "@/tasks/manifest/route_files.ts";
import { writeManifest } from "@/tasks/manifest/source.ts";
import { updateManifest } from "@/tasks/manifest.ts";

const ROUTES: Record<string, string> = {
  "_app.tsx": `export default ({ Component }: any) => <body>app:<Component /></body>;`,
  "_404.tsx":
    `export const handler = () => ({ data: 0, status: 404 }); export default () => <p>none</p>;`,
  "_error.tsx": `export default ({ error }: any) => <p>error {error.message}</p>;`,
  "_middleware.ts": `export default [mark("root"), mark("second")];`,
  "_layout.tsx": `export default ({ Component }: any) => <main><Component /></main>;`,
  "index.tsx": `export default ({ state }: any) => <p>home {state.trail}</p>;`,
  "(admin)/_middleware.ts": `export const handler = mark("admin");`,
  "(admin)/_layout.tsx":
    `export const config = { skipInheritedLayouts: true }; export default ({ Component }: any) => <nav><Component /></nav>;`,
  "(admin)/keys/index.tsx": `export default ({ state }: any) => <p>keys {state.trail}</p>;`,
  "(admin)/keys/[id].tsx": `export default ({ params }: any) => <p>key {params.id}</p>;`,
  "(admin)/(_components)/Table.tsx": `export const none = 1;`,
  "api/v1/_middleware.ts": `export const handlers = mark("v1");`,
  "api/v1/messages.ts":
    `export const handlers = { GET: (ctx: any) => ctx.json(["list", ctx.state.trail]), POST: () => new Response(null, { status: 202 }) };`,
  "api/v1/messages/[id].ts":
    `export const handler = (ctx: any) => ctx.json([ctx.params.id, ctx.route]);`,
  "api/v1/messages/_middleware.ts": `export default mark("messages");`,
  "api/[...path].ts":
    `export const handler = (ctx: any) => ctx.json({ none: ctx.params.path }, { status: 404 });`,
  "files/[name].json.ts": `export const handler = (ctx: any) => ctx.json(ctx.params.name);`,
  "moved.ts":
    `export const config = { routeOverride: "/other" }; export const handler = () => new Response("moved");`,
  "fails.ts": `export const handler = () => { throw new Error("meant"); };`,
  "index_test.ts": `throw new Error("a test file was loaded");`,
};
const MARK =
  `const mark = (it: string) => (ctx: any) => { ctx.state.trail = [ctx.state.trail, it].filter(Boolean).join("+"); return ctx.next(); };\n`;

Deno.test("readRouteFiles() gives kind, folder and URL of each file", () => {
  const files = readRouteFiles([
    "index.tsx",
    "keys/index.tsx",
    "(admin)/_layout.tsx",
    "(admin)/(team)/users/[id]/edit.tsx",
    "docs/[[page]].tsx",
    "[[lang]]/index.tsx",
    "files/[...path].ts",
    "a/[x]@[y].json.ts",
  ]);
  const known = Object.fromEntries(
    files.map(({ path, kind, folder, url }) => [path, [kind, folder, url]]),
  );
  assertEquals(known, {
    "index.tsx": ["route", "/", "/"],
    "keys/index.tsx": ["route", "/keys", "/keys"],
    "(admin)/_layout.tsx": ["layout", "/(admin)", "/_layout"],
    "(admin)/(team)/users/[id]/edit.tsx": [
      "route",
      "/(admin)/(team)/users/:id",
      "/users/:id/edit",
    ],
    "docs/[[page]].tsx": ["route", "/docs", "/docs{/:page}?"],
    "[[lang]]/index.tsx": ["route", "/{:lang}?", "/{:lang}?"],
    "files/[...path].ts": ["route", "/files", "/files/:path*"],
    "a/[x]@[y].json.ts": ["route", "/a", "/a/:x@:y.json"],
  });
});

Deno.test("readRouteFiles() puts the more specific first, whatever the order given", () => {
  const ordered = [
    "_app.tsx",
    "_middleware.ts",
    "_404.tsx",
    "_layout.tsx",
    "_error.tsx",
    "index.tsx",
    "api/_middleware.ts",
    "api/index.ts",
    "api/keys/new.ts",
    "api/keys/[id]/_middleware.ts",
    "api/keys/[id]/rotate.ts",
    "api/keys/[id].ts",
    "api/[...path].ts",
    "users.ts",
    "(admin)/_middleware.ts",
    "(admin)/page.tsx",
    "[slug].tsx",
    "[...rest].tsx",
  ];
  const pathsOf = (given: string[]) => readRouteFiles(given).map((it) => it.path);
  assertEquals(pathsOf(ordered.toReversed()), ordered);
  assertEquals(pathsOf(ordered.toSorted()), ordered);
});

Deno.test("readRouteFiles() leaves out tests, other files and (_name) folders", () => {
  const paths = [
    "a_test.ts",
    "a.test.tsx",
    "a.css",
    "(_islands)/B.tsx",
    "x/(_components)/y/C.tsx",
    "latest.ts",
  ];
  assertEquals(readRouteFiles(paths).map((it) => it.path), ["latest.ts"]);
});

for (const path of ["[a][b].ts", "[a.ts", "a].ts", "x-[[b]].ts", "[...a]b.ts"]) {
  Deno.test(`readRouteFiles() refuses "${path}"`, () => {
    assertThrows(() => readRouteFiles([path]), SyntaxError, path);
  });
}

Deno.test("writeManifest() gives each module a name of its own", () => {
  const text = writeManifest(readRouteFiles(["a-b.ts", "a/b.ts", "a_b.ts"]));
  const names = [...text.matchAll(/import \* as (\w+) from "\.\/routes/g)];
  assertEquals(names.length, 3);
  assertEquals(new Set(names.map((it) => it[1])).size, 3);
});

Deno.test("writeManifest() marks every function that an island module exports", async () => {
  const root = await makeProject({});
  try {
    await Deno.mkdir(new URL("islands", root));
    await Deno.mkdir(new URL("routes/keys/(_islands)", root), { recursive: true });
    const [one, two] = ["islands/Counter-1.tsx", "routes/keys/(_islands)/Name.tsx"];
    await Deno.writeTextFile(
      new URL(one, root),
      "export default () => null;\nexport const Second = () => null;\nexport const LIMIT = 3;\n",
    );
    await Deno.writeTextFile(new URL(two, root), "export default () => null;\n");
    await updateManifest(root, { check: false });
    const file = new URL("fresh.gen.ts", root).pathname;
    await deno(["fmt", "--no-config", "--check", file]);
    const config = new URL("deno.json", root).pathname;
    await deno(["lint", "--config", config, file]);
    const script = new URL("marks.ts", root);
    await Deno.writeTextFile(
      script,
      `import { App } from "fresh";
import registerRoutes from "./fresh.gen.ts";
import * as one from "./${one}";
import * as two from "./${two}";
registerRoutes(new App());
const marks = [one.default, one.Second, one.LIMIT, two.default].map((it) =>
  (it as unknown as Record<symbol, unknown>)[Symbol.for("fresh.island")]
);
console.log(JSON.stringify(marks));
`,
    );
    const args = ["run", "-A", "--check", "--cached-only", "--config", config, script.pathname];
    assertEquals(JSON.parse(await deno(args)), [
      `${one}#default`,
      `${one}#Second`,
      null,
      `${two}#default`,
    ]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

async function deno(args: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  if (code !== 0) throw new Error(`deno ${args[0]}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}

/** A project in a folder of its own that uses this one's packages. */
async function makeProject(routes: Record<string, string>): Promise<URL> {
  const repo = new URL("../../", import.meta.url);
  const root = new URL(`file://${await Deno.makeTempDir()}/`);
  const config = JSON.parse(await Deno.readTextFile(new URL("deno.json", repo)));
  for (const [name, target] of Object.entries<string>(config.imports)) {
    if (target.startsWith("./jsr/")) {
      config.imports[name] = new URL(target, repo).href;
    }
  }
  // The packages are taken from the cache, as nothing here needs a folder.
  config.nodeModulesDir = "none";
  delete config.lock;
  delete config.tasks;
  await Deno.writeTextFile(new URL("deno.json", root), JSON.stringify(config));
  // With its versions a fresh cache suffices, which knows no others.
  await Deno.copyFile(new URL("deno.lock", repo), new URL("deno.lock", root));
  await Deno.mkdir(new URL("lib", root));
  await Deno.mkdir(new URL("routes", root));
  const state = "export interface State { trail?: string }\n";
  await Deno.writeTextFile(new URL("lib/state.ts", root), state);
  for (const [path, text] of Object.entries(routes)) {
    const file = new URL(`routes/${path}`, root);
    await Deno.mkdir(new URL(".", file), { recursive: true });
    const code = text.includes("mark(") ? MARK + text : text;
    await Deno.writeTextFile(file, code);
  }
  return root;
}

Deno.test("what is generated is formatted and free of lint errors", async () => {
  for (const routes of [ROUTES, {}, { "a.ts": ROUTES["fails.ts"] ?? "" }]) {
    const root = await makeProject(routes);
    try {
      await updateManifest(root, { check: false });
      const file = new URL("fresh.gen.ts", root).pathname;
      // The project's configuration leaves generated files unformatted.
      await deno(["fmt", "--no-config", "--check", file]);
      const config = new URL("deno.json", root).pathname;
      await deno(["lint", "--config", config, file]);
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  }
});

const ASK = `
import { App } from "fresh";
import type { State } from "@/lib/state.ts";
import registerRoutes from "./fresh.gen.ts";
const app = new App<State>();
registerRoutes(app);
const ask = app.handler();
for (const line of Deno.args) {
  const [method = "", path = ""] = line.split(" ");
  const res = await ask(new Request("http://h" + path, { method }));
  const body = (await res.text()).replace(/^.*<body>|<.body>.*$/g, "");
  console.log(res.status + " " + body);
}`;

const ANSWERS: Record<string, string> = {
  "GET /": "200 app:<main><p>home root+second</p></main>",
  "GET /keys": "200 app:<nav><p>keys root+second+admin</p></nav>",
  "GET /keys/7": "200 app:<nav><p>key 7</p></nav>",
  "GET /api/v1/messages": '200 ["list","root+second+v1"]',
  "POST /api/v1/messages": "202 ",
  "PUT /api/v1/messages": "405 app:<main><p>error </p></main>",
  "GET /api/v1/messages/9": '200 ["9","/api/v1/messages/:id"]',
  "GET /api/none/x": '404 {"none":"none/x"}',
  "GET /files/a.json": '200 "a"',
  "GET /other": "200 moved",
  "GET /moved": "404 app:<main><p>none</p></main>",
  "GET /nowhere": "404 app:<main><p>none</p></main>",
  "GET /fails": "500 app:<main><p>error meant</p></main>",
};

Deno.test("the generated registration type-checks and answers as file routes do", async () => {
  const root = await makeProject(ROUTES);
  try {
    await updateManifest(root, { check: false });
    const script = new URL("ask.ts", root);
    await Deno.writeTextFile(script, ASK);
    const config = new URL("deno.json", root).pathname;
    const lines = await deno([
      "run",
      "-A",
      "--check",
      "--cached-only",
      ...["--config", config],
      script.pathname,
      ...Object.keys(ANSWERS),
    ]);
    assertEquals(lines.trimEnd().split("\n"), Object.values(ANSWERS));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("updateManifest() writes what is stale and says so; with check it writes nothing", async () => {
  const root = await makeProject({ "a.ts": "export const handler = 1;" });
  const target = new URL("fresh.gen.ts", root);
  const exists = () => Deno.stat(target).then(() => true, () => false);
  try {
    assertEquals(await updateManifest(root, { check: true }), false);
    assertEquals(await exists(), false);
    assertEquals(await updateManifest(root, { check: false }), false);
    assertEquals(await updateManifest(root, { check: true }), true);
    await Deno.writeTextFile(new URL("routes/b.ts", root), "");
    assertEquals(await updateManifest(root, { check: true }), false);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
