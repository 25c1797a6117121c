/**
 * Proves how pages become documents: app wrapper, layouts, data from handlers,
 * async components, and where the tags of `<Head>` end up.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { App, createDefine, HttpError, page, type PageProps } from "fresh";
import { asset, Head, IS_BROWSER } from "fresh/runtime";

interface State {
  user?: string;
}

const define = createDefine<State>();

async function get(app: App<State>, path = "/") {
  const res = await app.handler()(new Request(`http://localhost${path}`));
  return { res, status: res.status, text: await res.text() };
}

function Layout({ Component }: PageProps<unknown, State>) {
  return (
    <main>
      <Component />
    </main>
  );
}

function Wrapper({ Component, state }: PageProps<unknown, State>) {
  return (
    <html lang="en">
      <head>
        <title>Site</title>
        <meta name="robots" content="all" />
      </head>
      <body class={state.user ?? "anonymous"}>
        <Component />
      </body>
    </html>
  );
}

const whole = (body: string) =>
  `<!DOCTYPE html><html><head><meta charset="utf-8"/></head><body>${body}</body></html>`;

Deno.test("ctx.render() answers with a whole HTML document", async () => {
  const app = new App<State>().get(
    "/",
    (ctx) => ctx.render(<h1>Hi</h1>, { status: 201, headers: { "X-A": "1" } }),
  );
  const { res, status, text } = await get(app);
  assertEquals(status, 201);
  assertEquals(res.headers.get("Content-Type"), "text/html; charset=utf-8");
  assertEquals(res.headers.get("X-A"), "1");
  assertEquals(text, whole("<h1>Hi</h1>"));
});

Deno.test("layouts surround the page from the outside in, the app wrapper all", async () => {
  const app = new App<State>()
    .use((ctx) => {
      ctx.state.user = "ada";
      return ctx.next();
    })
    .appWrapper(Wrapper)
    .layout("*", Layout)
    .layout("/a", ({ Component }) => (
      <section>
        <Component />
      </section>
    ))
    .get("/a/b", (ctx) => ctx.render(<p>b</p>))
    .get("/c", (ctx) => ctx.render(<p>c</p>));
  assertStringIncludes(
    (await get(app, "/a/b")).text,
    '<body class="ada"><main><section><p>b</p></section></main></body></html>',
  );
  assertStringIncludes((await get(app, "/c")).text, "<main><p>c</p></main>");
});

Deno.test("a layout applies to routes registered after it", async () => {
  const app = new App<State>().get("/a", (ctx) => ctx.render(<p>a</p>))
    .layout("*", Layout);
  assertEquals((await get(app, "/a")).text, whole("<p>a</p>"));
});

Deno.test("layouts and routes can leave out what surrounds them", async () => {
  const app = new App<State>()
    .appWrapper(Wrapper)
    .layout("*", Layout)
    .layout("/bare", ({ Component }) => (
      <div>
        <Component />
      </div>
    ), { skipAppWrapper: true, skipInheritedLayouts: true })
    .get("/bare/x", (ctx) => ctx.render(<p>x</p>))
    .route("/own", {
      component: () => <p>own</p>,
      config: { skipAppWrapper: true, skipInheritedLayouts: true },
    })
    .get("/call", (ctx) => ctx.render(<p>call</p>, {}, { skipAppWrapper: true }));
  assertEquals((await get(app, "/bare/x")).text, whole("<div><p>x</p></div>"));
  assertEquals((await get(app, "/own")).text, whole("<p>own</p>"));
  assertEquals(
    (await get(app, "/call")).text,
    whole("<main><p>call</p></main>"),
  );
});

Deno.test("a handler gives data, status and headers to its page", async () => {
  const handlers = define.handlers({
    GET: (ctx) =>
      page({ id: ctx.params.id }, {
        status: 202,
        headers: [["X-A", "1"]],
      }),
  });
  const Page = define.page<typeof handlers>(({ data, params, route, url }) => (
    <p>{JSON.stringify([data, params, route, url.pathname])}</p>
  ));
  const component = Page as unknown as (props: PageProps) => never;
  const app = new App<State>().route("/a/:id", { handler: handlers, component });
  const { res, status, text } = await get(app, "/a/7");
  assertEquals([status, res.headers.get("X-A")], [202, "1"]);
  const shown = JSON.stringify([{ id: "7" }, { id: "7" }, "/a/:id", "/a/7"]);
  assertStringIncludes(text, shown.replaceAll('"', "&quot;"));
});

Deno.test("a page without a GET handler is rendered, its other methods are handled", async () => {
  const app = new App<State>().route("/", {
    handler: { POST: (ctx) => ctx.redirect("/done", 303) },
    component: () => <p>form</p>,
  });
  assertStringIncludes((await get(app)).text, "<p>form</p>");
  const post = new Request("http://localhost/", { method: "POST" });
  assertEquals((await app.handler()(post)).status, 303);
});

Deno.test("async pages, layouts and wrappers are awaited, or answer themselves", async () => {
  const app = new App<State>()
    .appWrapper(async ({ Component }) => {
      await Promise.resolve();
      return (
        <body>
          app
          <Component />
        </body>
      );
    })
    .layout("*", async ({ Component }) => {
      await Promise.resolve();
      return (
        <main>
          <Component />
        </main>
      );
    })
    .route("/page", {
      component: async () => {
        await Promise.resolve();
        return <p>late</p>;
      },
    })
    .route("/gone", {
      component: async () => await Promise.resolve(new Response("moved", { status: 410 })),
    });
  assertStringIncludes(
    (await get(app, "/page")).text,
    "<body>app<main><p>late</p></main></body>",
  );
  const { status, text } = await get(app, "/gone");
  assertEquals([status, text], [410, "moved"]);
});

Deno.test("tags inside Head move to the head and replace the wrapper's own", async () => {
  const Deep = () => (
    <Head>
      <title>Page</title>
      <meta name="robots" content="none" />
      <link rel="stylesheet" href="/page.css" />
      <link rel="stylesheet" href="/more.css" />
    </Head>
  );
  const app = new App<State>().appWrapper(Wrapper).get("/", (ctx) =>
    ctx.render(
      <div>
        <Deep />
        text
      </div>,
    ));
  const { text } = await get(app);
  const [, head, body] = /<head>(.*)<\/head>(.*)/s.exec(text) ?? [];
  assertEquals(
    head?.replaceAll("/>", ">"),
    '<title>Page</title><meta name="robots" content="none">' +
      '<link rel="stylesheet" href="/page.css"><link rel="stylesheet" href="/more.css">',
  );
  assertEquals(body, '<body class="anonymous"><div>text</div></body></html>');
});

Deno.test("Head works without an app wrapper", async () => {
  const app = new App<State>().get("/", (ctx) =>
    ctx.render(
      <Head>
        <title>Alone</title>
      </Head>,
    ));
  assertStringIncludes((await get(app)).text, "<title>Alone</title></head>");
});

Deno.test("one document's head tags do not reach the next", async () => {
  const app = new App<State>().appWrapper(Wrapper)
    .get("/a", (ctx) =>
      ctx.render(
        <Head>
          <title>A</title>
        </Head>,
      ))
    .get("/b", (ctx) => ctx.render(<p>b</p>));
  await get(app, "/a");
  assertStringIncludes((await get(app, "/b")).text, "<title>Site</title>");
});

Deno.test("a component that throws is an error like any other", async () => {
  const app = new App<State>()
    .onError("*", (ctx) => ctx.text(`${ctx.error}`, { status: 500 }))
    .get("/", (ctx) => {
      const Broken = (): never => {
        throw new Error("broken");
      };
      return ctx.render(<Broken />);
    });
  assertEquals((await get(app)).text, "Error: broken");
});

Deno.test("the not-found page stands inside the app wrapper", async () => {
  const app = new App<State>().appWrapper(Wrapper)
    .notFound({
      handler: () => page(null, { status: 404 }),
      component: () => <p>none</p>,
    })
    .get("/a/b", () => {
      throw new HttpError(404);
    });
  for (const path of ["/x", "/a/b"]) {
    const { status, text } = await get(app, path);
    assertEquals(status, 404);
    assertStringIncludes(text, '<body class="anonymous"><p>none</p></body>');
  }
});

Deno.test("ctx.render() refuses what is not JSX", async () => {
  const app = new App<State>()
    .onError("*", (ctx) => ctx.text(String(ctx.error)))
    .get("/", (ctx) => {
      // @ts-expect-error: the types refuse it as well.
      return ctx.render("text");
    });
  assertStringIncludes((await get(app)).text, "non-JSX");
});

Deno.test("on the server IS_BROWSER is false, and asset() keeps foreign URLs", () => {
  assert(!IS_BROWSER);
  assertEquals(asset("https://cdn.example/a.js"), "https://cdn.example/a.js");
  assertEquals(asset("//cdn.example/a.js"), "//cdn.example/a.js");
});
