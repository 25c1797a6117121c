/**
 * Proves in which order middlewares run and for which routes, what `ctx`
 * carries from one to the next, and how they see errors.
 */
import { assertEquals, assertStrictEquals } from "@std/assert";
import { App, createDefine, HttpError, type Middleware } from "fresh";

interface State {
  trail: string[];
}

const define = createDefine<State>();

function leave(mark: string): Middleware<State> {
  return define.middleware(async (ctx) => {
    ctx.state.trail = [...ctx.state.trail ?? [], mark];
    const res = await ctx.next();
    res.headers.append("X-Back", mark);
    return res;
  });
}

const trail = define.middleware((ctx) => ctx.json(ctx.state.trail ?? []));

async function trailOf(app: App<State>, path: string) {
  const res = await app.handler()(new Request(`http://localhost${path}`));
  return { out: await res.json(), back: res.headers.get("X-Back") };
}

Deno.test("middlewares run in order and finish in reverse order", async () => {
  const app = new App<State>().use(leave("a"), leave("b")).use(leave("c"))
    .get("/", leave("d"), trail);
  assertEquals(await trailOf(app, "/"), {
    out: ["a", "b", "c", "d"],
    back: "d, c, b, a",
  });
});

Deno.test("use() applies to what is registered after it", async () => {
  const app = new App<State>().use(leave("a")).get("/1", trail)
    .use(leave("b")).get("/2", trail);
  assertEquals((await trailOf(app, "/1")).out, ["a"]);
  assertEquals((await trailOf(app, "/2")).out, ["a", "b"]);
});

Deno.test("use() with a path applies to routes below that path alone", async () => {
  const app = new App<State>()
    .use("/api", leave("api"))
    .use("/api/:account", leave("account"))
    .use(leave("root"))
    .get("/api/x", trail)
    .get("/api/:account/keys", trail)
    .get("/apixyz/x", trail)
    .get("/other", trail);
  assertEquals((await trailOf(app, "/api/x")).out, ["root", "api"]);
  assertEquals((await trailOf(app, "/api/7/keys")).out, [
    "root",
    "api",
    "account",
  ]);
  assertEquals((await trailOf(app, "/apixyz/x")).out, ["root"]);
  assertEquals((await trailOf(app, "/other")).out, ["root"]);
});

Deno.test("a list of middlewares is spread into use()", async () => {
  const list = define.middleware([leave("a"), leave("b")]);
  const app = new App<State>().use("/", ...list).get("/", trail);
  assertEquals((await trailOf(app, "/")).out, ["a", "b"]);
});

Deno.test("requests without a route pass the root's middlewares alone", async () => {
  const seen: string[] = [];
  const note = (mark: string): Middleware<State> => (ctx) => {
    seen.push(`${mark} ${ctx.route}`);
    return ctx.next();
  };
  const app = new App<State>().use(note("root")).use("/api", note("api"))
    .get("/api/x", trail);
  const ask = app.handler();
  const statuses = await Promise.all(
    ["/api/none", "/api/x"].map(async (path) =>
      (await ask(new Request(`http://h${path}`, { method: "POST" }))).status
    ),
  );
  assertEquals(statuses, [404, 405]);
  assertEquals(seen, ["root null", "root /api/x"]);
});

Deno.test("a middleware may answer without the rest", async () => {
  const app = new App<State>()
    .use((ctx) => ctx.text("stop", { status: 403 }))
    .get("/", trail);
  const res = await app.handler()(new Request("http://localhost/"));
  assertEquals([res.status, await res.text()], [403, "stop"]);
});

Deno.test("ctx.next() can be taken off ctx, and always gives a promise", async () => {
  const app = new App<State>().use(({ next }) =>
    next().then((res) => new Response(`${res.status}`))
  ).get("/", () => new Response(null, { status: 204 }))
    .get("/throws", () => {
      throw new HttpError(418);
    });
  const ask = app.handler();
  assertEquals(await (await ask(new Request("http://h/"))).text(), "204");
  assertEquals((await ask(new Request("http://h/throws"))).status, 418);
});

Deno.test("an error passes each middleware, with itself on ctx.error", async () => {
  const thrown = new HttpError(409, "taken");
  const seen: unknown[] = [];
  const watch: Middleware<State> = async (ctx) => {
    try {
      return await ctx.next();
    } catch (error) {
      seen.push(error, ctx.error);
      throw error;
    }
  };
  const app = new App<State>().use(watch, watch).get("/", () => {
    throw thrown;
  });
  const res = await app.handler()(new Request("http://localhost/"));
  assertEquals([res.status, await res.text()], [409, "taken"]);
  assertEquals(seen.length, 4);
  for (const it of seen) assertStrictEquals(it, thrown);
});

Deno.test("each request has a state of its own", async () => {
  const app = new App<State>().use(leave("a")).get("/", trail);
  const ask = app.handler();
  const answers = await Promise.all(
    [1, 2, 3].map(async () => await (await ask(new Request("http://h/"))).json()),
  );
  assertEquals(answers, [["a"], ["a"], ["a"]]);
});

Deno.test("ctx gives the URL, the connection and the configuration", async () => {
  const app = new App<State>({ mode: "development" }).get("/a", (ctx) =>
    ctx.json({
      url: ctx.url.href,
      same: ctx.url === ctx.url,
      remote: ctx.info.remoteAddr,
      mode: ctx.config.mode,
      error: ctx.error,
    }));
  const remoteAddr = { transport: "tcp", hostname: "::1", port: 1 } as const;
  const res = await app.handler()(
    new Request("http://localhost//a?b=//c"),
    { remoteAddr, completed: Promise.resolve() },
  );
  assertEquals(await res.json(), {
    url: "http://localhost/a?b=//c",
    same: true,
    remote: remoteAddr,
    mode: "development",
    error: null,
  });
});

Deno.test("ctx.text(), ctx.html() and ctx.json() set their content types", async () => {
  const app = new App<State>()
    .get("/text", (ctx) => ctx.text("a", { status: 201 }))
    .get("/html", (ctx) => ctx.html("<p>", { headers: { "X-A": "1" } }))
    .get("/json", (ctx) => ctx.json({ a: 1 }, { status: 202 }));
  const ask = app.handler();
  const seen = [];
  for (const path of ["/text", "/html", "/json"]) {
    const res = await ask(new Request(`http://h${path}`));
    seen.push([
      res.status,
      res.headers.get("Content-Type"),
      res.headers.get("X-A"),
      await res.text(),
    ]);
  }
  assertEquals(seen, [
    [201, "text/plain;charset=UTF-8", null, "a"],
    [200, "text/html; charset=utf-8", "1", "<p>"],
    [202, "application/json", null, '{"a":1}'],
  ]);
});
