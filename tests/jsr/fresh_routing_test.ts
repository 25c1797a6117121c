/**
 * Proves which route answers a request: precedence, parameters, methods, HEAD,
 * OPTIONS and 405, and that the fast matching of patterns agrees with
 * URLPattern, whose matching is the documented one.
 */
import { assert, assertEquals } from "@std/assert";
import { App, type Context } from "fresh";
import { compilePattern } from "@/jsr/fresh/route_pattern.ts";

type Handler = ReturnType<App<unknown>["handler"]>;

async function ask(handler: Handler, target: string, method = "GET") {
  const req = new Request(`http://localhost${target}`, { method });
  const res = await handler(req);
  return { res, status: res.status, text: await res.text() };
}

function show(ctx: Context<unknown>): Response {
  return ctx.json({ route: ctx.route, params: ctx.params });
}

async function shown(app: App<unknown>, target: string) {
  return JSON.parse((await ask(app.handler(), target)).text);
}

Deno.test("a path without parameters wins over patterns registered before it", async () => {
  const app = new App().get("/keys/:id", show).get("/keys/new", show);
  assertEquals((await shown(app, "/keys/new")).route, "/keys/new");
  assertEquals(await shown(app, "/keys/7"), {
    route: "/keys/:id",
    params: { id: "7" },
  });
});

Deno.test("of several patterns the one registered first wins", async () => {
  const app = new App()
    .get("/a/:x/c", show)
    .get("/a/b/:y", show)
    .get("/:rest*", show)
    .get("/a/:z", show);
  assertEquals((await shown(app, "/a/b/c")).route, "/a/:x/c");
  assertEquals((await shown(app, "/a/b/d")).route, "/a/b/:y");
  assertEquals(await shown(app, "/a/b"), {
    route: "/:rest*",
    params: { rest: "a/b" },
  });
});

Deno.test("the first registration of a method and path stays", async () => {
  const app = new App().get("/a", () => new Response("1"))
    .get("/a", () => new Response("2"));
  assertEquals((await ask(app.handler(), "/a")).text, "1");
});

Deno.test("a trailing slash is accepted for a path without parameters", async () => {
  const handler = new App().get("/a", show).get("/b/", show)
    .get("/c/:id", show).handler();
  assertEquals((await ask(handler, "/a/")).status, 200);
  assertEquals((await ask(handler, "/b")).status, 200);
  assertEquals((await ask(handler, "/c/1/")).status, 404);
  const both = new App().get("/a", show).post("/a/", show).handler();
  assertEquals((await ask(both, "/a/")).status, 200);
  assertEquals((await ask(both, "/a", "POST")).status, 200);
});

Deno.test("duplicate slashes in a path are collapsed", async () => {
  const app = new App().get("/a/b", show).get("/p", (ctx) => ctx.text(ctx.url.pathname));
  assertEquals((await shown(app, "//a///b")).route, "/a/b");
  assertEquals((await ask(app.handler(), "//p")).text, "/p");
});

Deno.test("parameters are decoded, reserved and malformed escapes stay", async () => {
  const app = new App().get("/a/:id", show);
  const idOf = async (path: string) => (await shown(app, path)).params.id;
  assertEquals(await idOf("/a/%C3%A9%20x"), "é x");
  assertEquals(await idOf("/a/b%2Fc"), "b%2Fc");
  assertEquals(await idOf("/a/%zz"), "%zz");
  assertEquals(await idOf("/a/%ff"), "%ff");
  assertEquals(await idOf("/a/__proto__"), "__proto__");
});

Deno.test("ctx.params has no inherited properties", async () => {
  let params: Record<string, string> = {};
  const app = new App().get("/a/:id", (ctx) => {
    params = ctx.params;
    return new Response();
  });
  await ask(app.handler(), "/a/1");
  assertEquals(params["constructor"], undefined);
});

const PATTERNS = [
  "/a/:id",
  "/a/:id/b",
  "/:first/:second",
  "/a/:rest*",
  "/:rest*",
  "/a/:rest+",
  "/a/:id/:rest+",
  "/a/*",
  "/*",
  "/a/x-:id",
  "/a{/:id}?",
  "/:id(\\d+)",
  "/a.b/:id",
];
const PATHS = [
  "/",
  "/a",
  "/a/",
  "/a/1",
  "/a/1/",
  "/a/1/b",
  "/a/b/c/d",
  "/a/x-1",
  "/aXb/1",
  "/a.b/1",
  "/12",
  "/b/a",
];

for (const pattern of PATTERNS) {
  Deno.test(`"${pattern}" matches what URLPattern matches`, () => {
    const reference = new URLPattern({ pathname: pattern });
    const compiled = compilePattern(pattern);
    assert(compiled !== null);
    for (const path of PATHS) {
      const groups = reference.exec({ pathname: path })?.pathname.groups;
      const expected = groups && Object.fromEntries(
        Object.entries(groups).map(([name, value]) => [name, value ?? ""]),
      );
      const actual = compiled.match(path);
      assertEquals(actual && { ...actual }, expected ?? null, path);
      const isCut = path.length === compiled.fixedStart.length ||
        path[compiled.fixedStart.length] === "/";
      if (expected) assert(path.startsWith(compiled.fixedStart) && isCut);
    }
  });
}

Deno.test("each method is answered by its own handler", async () => {
  const answer = (text: string) => () => new Response(text);
  const handler = new App().get("/", answer("get")).post("/", answer("post"))
    .put("/", answer("put")).patch("/", answer("patch"))
    .delete("/", answer("delete")).handler();
  for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
    assertEquals((await ask(handler, "/", method)).text, method.toLowerCase());
  }
});

Deno.test("HEAD is answered by the GET handler without its body", async () => {
  const handler = new App().get("/", () => new Response("body", { headers: { "X-A": "1" } }))
    .handler();
  const { res, status, text } = await ask(handler, "/", "HEAD");
  assertEquals([status, text, res.headers.get("X-A")], [200, "", "1"]);
});

Deno.test("a HEAD handler goes before the GET handler", async () => {
  const handler = new App().get("/", () => new Response())
    .head("/", () => new Response(null, { status: 204 })).handler();
  assertEquals((await ask(handler, "/", "HEAD")).status, 204);
});

Deno.test("another method is answered with 405 as plain text", async () => {
  const handler = new App().get("/a/:id", show).get("/:rest*", show)
    .post("/:rest*", show).handler();
  const { res, status, text } = await ask(handler, "/a/1", "POST");
  assertEquals([status, text], [405, "Method Not Allowed"]);
  assertEquals(res.headers.get("Content-Type"), "text/plain;charset=UTF-8");
  assertEquals((await ask(handler, "/a/1", "PROPFIND")).status, 405);
});

Deno.test("OPTIONS is answered with 204 and the methods of the route", async () => {
  const handler = new App().get("/a", show).post("/a", show)
    .all("/b", () => new Response("own")).handler();
  const { res, status } = await ask(handler, "/a", "OPTIONS");
  assertEquals([status, res.headers.get("Allow")], [204, "GET, POST"]);
  assertEquals((await ask(handler, "/b", "OPTIONS")).text, "own");
});

Deno.test("an unknown path is answered with 404 as plain text", async () => {
  const { status, text } = await ask(new App().handler(), "/none");
  assertEquals([status, text], [404, "Not Found"]);
});

Deno.test("all() with * answers every path and method", async () => {
  const handler = new App().all("*", () => new Response("any")).handler();
  assertEquals((await ask(handler, "/", "DELETE")).text, "any");
  assertEquals((await ask(handler, "/a/b")).text, "any");
});

Deno.test("routeOverride replaces the pattern of a route", async () => {
  const app = new App().route("/folder/file", {
    handler: show,
    config: { routeOverride: "/other/:id" },
  });
  assertEquals((await shown(app, "/other/1")).params, { id: "1" });
  assertEquals((await ask(app.handler(), "/folder/file")).status, 404);
});
