/** Proves what the server does for islands: marks around them, props as JSON, and scripts only where they are needed. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { signal } from "@preact/signals";
import { Fragment, type VNode } from "preact";
import { App } from "fresh";
import { type IslandApp, makeIslandApp } from "./fixtures/island_app.tsx";
import Counter from "./fixtures/islands/Counter.tsx";
import { Toggle, Types } from "./fixtures/islands/Toggle.tsx";

describe("islands on the server", () => {
  let app: IslandApp;
  beforeAll(async () => {
    app = await makeIslandApp();
  });
  afterAll(async () => await app[Symbol.asyncDispose]());

  const ask = async (jsx: () => VNode, path = "/") => {
    const response = await app.serve(jsx)(new Request(`http://localhost${path}`));
    return { response, html: await response.text() };
  };
  const wireOf = (html: string) =>
    JSON.parse(
      /<script type="application\/json" id="fresh-state">(.*?)<\/script>/.exec(html)?.[1] ?? "",
    );

  it("a page without islands has no script", async () => {
    const { html } = await ask(() => <p>plain</p>);
    assertEquals(/script|modulepreload|fresh/.test(html), false);
  });

  it("an island stands between comments, rendered with its props", async () => {
    const { html } = await ask(() => <Counter id="a" />);
    assertStringIncludes(html, '<!--fresh:island:0--><section id="a">');
    assertStringIncludes(html, "</section><!--/fresh:island:0-->");
  });

  it("one module script starts all islands, under the nonce of the page's policy", async () => {
    const { response, html } = await ask(() => (
      <>
        <Counter id="a" />
        <Counter id="b" />
        <Types value={{}} />
      </>
    ));
    const policy = response.headers.get("Content-Security-Policy") ?? "";
    const nonce = /'nonce-(\w+)'/.exec(policy)?.[1] ?? "none";
    const scripts = [...html.matchAll(/<script type="module" nonce="(\w+)">(.*?)<\/script>/g)];
    assertEquals(scripts.map((it) => it[1]), [nonce]);
    assertMatch(
      scripts[0]?.[2] ?? "",
      /^import\{boot\}from"\/_fresh\/js\/\S+\.js";import\{default as c0\}from"\S+";import\{Types as c1\}from"\S+";boot\(\[c0,c1\]\)$/,
    );
    assertEquals(wireOf(html).islands.map(([component]: number[]) => component), [0, 0, 1]);
    assertEquals(/<[^>]+ (?:on\w+|style)=/.test(html), false);
  });

  it("what the script imports is preloaded in the head and kept for a year", async () => {
    const { html } = await ask(() => <Counter id="a" />);
    const head = html.slice(0, html.indexOf("</head>"));
    const urls = [...head.matchAll(/<link rel="modulepreload" href="([^"]+)" nonce="\w+">/g)]
      .map((it) => it[1] ?? "");
    assert(urls.length >= 2);
    assertEquals(new Set(urls).size, urls.length);
    const imported = [...html.matchAll(/from"([^"]+)"/g)].map((it) => it[1] ?? "");
    for (const url of imported) assert(urls.includes(url), url);
    for (const url of urls) {
      const response = await app.serve(() => <p />)(new Request(`http://localhost${url}`));
      assertEquals(response.status, 200, url);
      assertEquals(response.headers.get("Content-Type"), "text/javascript; charset=UTF-8");
      assertEquals(response.headers.get("Cache-Control"), "public, max-age=31536000, immutable");
      await response.body?.cancel();
    }
  });

  it("the library of signals is loaded only with a signal among the props", async () => {
    const without = await ask(() => <Counter id="a" />);
    const withSignal = await ask(() => <Counter id="a" shared={signal(1)} />);
    assertEquals(without.html.includes("signals"), false);
    assertMatch(withSignal.html, /import\{signals\}from"[^"]+";/);
  });

  it("the JSON of the props cannot end its script or open a comment", async () => {
    const { html } = await ask(() => <Types value={{ text: "</script><!--<script>" }} />);
    assertEquals(html.match(/<\/script>/g)?.length, 2);
    assertEquals(html.includes("<!--<"), false);
    assert(JSON.stringify(wireOf(html)).includes("</script><!--<script>"));
  });

  it("an island in the output of another one belongs to it", async () => {
    const { html } = await ask(() => <Nesting />);
    assertEquals(html.match(/<!--fresh:island/g)?.length, 1);
    assertStringIncludes(html, 'id="inner"');
  });

  it("an island among the children of another one stands for itself, inside a slot", async () => {
    const { html } = await ask(() => (
      <Counter id="outer">
        <i>
          <Counter id="inner" />
        </i>
      </Counter>
    ));
    assertMatch(
      html,
      /<!--fresh:slot:0--><i>\s*<!--fresh:island:1--><section id="inner">[^]*<!--\/fresh:island:1-->\s*<\/i><!--\/fresh:slot:0-->/,
    );
    assertEquals(wireOf(html).islands.length, 2);
  });

  it("children that an island does not show wait in a template", async () => {
    const { html } = await ask(() => (
      <Toggle label={<b>More</b>}>
        <p>later</p>
      </Toggle>
    ));
    assertMatch(html, /<template id="fresh-slot-1"><p>later<\/p><\/template>/);
    assertStringIncludes(html, "<!--fresh:slot:0--><b>More</b><!--/fresh:slot:0-->");
  });

  it("islands of the app wrapper and of layouts work too", async () => {
    const handler = new App({ root: app.root })
      .appWrapper(({ Component }) => (
        <html>
          <head>
            <title>t</title>
          </head>
          <body>
            <Component />
            <Counter id="wrapper" />
          </body>
        </html>
      ))
      .layout("/", ({ Component }) => (
        <Fragment>
          <Counter id="layout" />
          <Component />
        </Fragment>
      ))
      .get("/", (ctx) => ctx.render(<Counter id="page" />)).handler();
    const html = await (await handler(new Request("http://localhost/"))).text();
    assertEquals(html.match(/<!--fresh:island:\d-->/g)?.length, 3);
    assertEquals(new Set(html.match(/<!--fresh:island:\d-->/g)).size, 3);
    assert(html.indexOf("boot(") < html.lastIndexOf("</body>"));
  });

  const REFUSED: [name: string, value: unknown, reason: RegExp][] = [
    ["a function", { onSave: () => {} }, /props\.value\.onSave" to the browser: it is a function/],
    ["a symbol", { mark: Symbol("x") }, /props\.value\.mark" .* is a symbol/],
    [
      "an instance of a class",
      { list: [new Headers()] },
      /value\.list\[0\]" .* instance of "Headers"/,
    ],
    ["a promise", { later: Promise.resolve() }, /value\.later" .* instance of "Promise"/],
    ["JSX in a signal", { it: signal(<p />) }, /value\.it\.value" .* is JSX/],
  ];
  for (const [name, value, reason] of REFUSED) {
    it(`${name} among the props is an error that names it`, async () => {
      const handler = new App({ root: app.root }).onError("/", (ctx) => {
        assertMatch(String(ctx.error), reason);
        assertMatch(String(ctx.error), /tests\/jsr\/fixtures\/islands\/Toggle\.tsx/);
        return new Response("refused", { status: 500 });
      }).get("/", (ctx) => ctx.render(<Types value={value as Record<string, unknown>} />))
        .handler();
      const response = await handler(new Request("http://localhost/"));
      assertEquals(await response.text(), "refused");
    });
  }

  it("without a build the page is served all the same, without scripts", async () => {
    const root = await Deno.makeTempDir();
    const handler = new App({ root }).get("/", (ctx) => ctx.render(<Counter id="a" />)).handler();
    const html = await (await handler(new Request("http://localhost/"))).text();
    await Deno.remove(root);
    assertStringIncludes(html, '<section id="a">');
    assertEquals(html.includes("<script"), false);
  });
});

/** An island whose own output holds another one. */
function Nesting(): VNode {
  return (
    <div>
      <Counter id="inner" />
    </div>
  );
}
Object.defineProperty(Nesting, Symbol.for("fresh.island"), {
  value: "tests/jsr/fixtures/islands/Counter.tsx#default",
});
