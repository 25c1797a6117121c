/** Proves islands where they live: in a browser, under a policy that allows scripts by nonce alone. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { computed, signal } from "@preact/signals";
import type { VNode } from "preact";
import type { Page } from "playwright-core";
import { openBrowser, type TestBrowser } from "@/tests/browser/helpers/browser.ts";
import { type IslandApp, makeIslandApp } from "./fixtures/island_app.tsx";
import Counter from "./fixtures/islands/Counter.tsx";
import { Field, Ids, Toggle, Types, Where } from "./fixtures/islands/Toggle.tsx";

describe("islands in a browser", () => {
  let app: IslandApp;
  let browser: TestBrowser;

  beforeAll(async () => {
    app = await makeIslandApp();
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser[Symbol.asyncDispose]();
    await app[Symbol.asyncDispose]();
  });

  async function visit(jsx: () => VNode, look: (page: Page) => Promise<void>): Promise<void> {
    const handler = app.serve(jsx);
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handler);
    try {
      await using watched = await browser.newPage();
      await watched.page.goto(`http://127.0.0.1:${server.addr.port}/`);
      await look(watched.page);
      watched.assertClean();
    } finally {
      await server.shutdown();
    }
  }

  const click = (page: Page, id: string) => page.click(`#${id} button`);
  const text = (page: Page, selector: string) => page.locator(selector).textContent();

  it("an island answers to clicks, in the nodes that the server made", async () => {
    await visit(() => <Counter id="a" />, async (page) => {
      await page.evaluate(() => {
        (document.querySelector("#a button") as HTMLElement).dataset.old = "yes";
      });
      await click(page, "a");
      await page.getByText("Count: 1").waitFor();
      assertEquals(await page.locator("#a button").getAttribute("data-old"), "yes");
      await click(page, "a");
      assertEquals(await text(page, "#a em"), "Many");
    });
  });

  it("several instances have state of their own, and keep to their place among other nodes", async () => {
    const jsx = () => (
      <div id="all">
        text before<Counter id="a" />between<Counter id="b" />
        <p>after</p>
      </div>
    );
    await visit(jsx, async (page) => {
      await click(page, "b");
      await page.locator("#b button").getByText("Count: 1").waitFor();
      assertEquals(await text(page, "#all"), "text beforeCount: 0betweenCount: 1after");
    });
  });

  it("islands that were given one signal share it, others do not", async () => {
    const jsx = () => {
      const shared = signal(5);
      return (
        <>
          <Counter id="a" shared={shared} />
          <Counter id="b" shared={shared} />
          <Counter id="c" shared={signal(5)} />
        </>
      );
    };
    await visit(jsx, async (page) => {
      await click(page, "a");
      await page.locator("#b button").getByText("Count: 6").waitFor();
      assertEquals(await text(page, "#c button"), "Count: 5");
    });
  });

  it("children of the page stay as they are, with what was typed into them", async () => {
    const jsx = () => (
      <Counter id="a">
        <form>
          <label>
            Name <input name="n" value="given" />
          </label>
          <input type="checkbox" checked />
          <select>
            <option>1</option>
            <option selected>2</option>
          </select>
          <svg viewBox="0 0 10 10">
            <circle cx="5" cy="5" r="5" />
          </svg>
        </form>
        tail
      </Counter>
    );
    await visit(jsx, async (page) => {
      await page.fill("input[name=n]", "typed");
      const before = await page.locator("#a form").innerHTML();
      await click(page, "a");
      await click(page, "a");
      await page.locator("#a em").waitFor();
      assertEquals(await page.locator("#a form").innerHTML(), before);
      assertEquals(await page.inputValue("input[name=n]"), "typed");
      assertEquals(await page.inputValue("select"), "2");
      assertEquals(await text(page, "#a"), "Count: 2Name 12tailMany");
    });
  });

  it("an island among the children of another one works, also two levels deep", async () => {
    const jsx = () => {
      const shared = signal(1);
      return (
        <Counter id="a" shared={shared}>
          <div>
            <Counter id="b" shared={shared}>
              <span>
                <Counter id="c" />
              </span>
            </Counter>
          </div>
        </Counter>
      );
    };
    await visit(jsx, async (page) => {
      await page.click("#b > button");
      await page.locator("#a > button").getByText("Count: 2").waitFor();
      await click(page, "c");
      await page.locator("#c button").getByText("Count: 1").waitFor();
      assertEquals(await page.locator("#a #b #c").count(), 1);
    });
  });

  it("children that are shown later arrive then, with the islands in them", async () => {
    const jsx = () => (
      <Toggle label={<b>More</b>}>
        <p>
          Hidden <input disabled value="x" />
        </p>
        <Counter id="late" />
      </Toggle>
    );
    await visit(jsx, async (page) => {
      assertEquals(await page.locator(".content").count(), 0);
      assertEquals(await text(page, ".toggle b"), "More");
      await page.click(".toggle");
      assertEquals(await text(page, ".content p"), "Hidden ");
      assert(await page.locator(".content input").isDisabled());
      assertEquals(await page.inputValue(".content input"), "x");
      await click(page, "late");
      await page.locator("#late button").getByText("Count: 1").waitFor();
      await page.click(".toggle");
      await page.locator(".content").waitFor({ state: "detached" });
    });
  });

  it("ids of useId() are unique on the page and tie fields to labels, also of later ones", async () => {
    const jsx = () => (
      <>
        <Field />
        <Ids>
          <Field />
          <Ids />
        </Ids>
        <Ids />
      </>
    );
    await visit(jsx, async (page) => {
      const list = () =>
        page.locator("label").evaluateAll((labels) =>
          labels.map((it) => [it.getAttribute("data-id"), it.querySelector("input")?.id])
        );
      const before = await list();
      await page.locator(".ids").last().dispatchEvent("click");
      await page.locator("label").nth(before.length).waitFor();
      const after = await list();
      assertEquals([before.length, after.length], [5, 6]);
      assertEquals(after.slice(0, 5), before);
      assertEquals(new Set(after.flat()).size, 6);
    });
  });

  it("asset() and IS_BROWSER say in the browser what they say on the server, and where it is", async () => {
    await visit(() => <Where />, async (page) => {
      const onServer = await page.locator(".where").getAttribute("data-asset") ?? "";
      assertMatch(onServer, /^\/a\.css\?__frsh_c=[0-9a-f]{32}$/);
      await page.locator(".where").dispatchEvent("click");
      await page.getByText(`true ${onServer}`).waitFor();
    });
  });

  it("each kind of prop arrives as what it was", async () => {
    const value = {
      none: undefined,
      nil: null,
      nan: NaN,
      minus: -0,
      endless: -Infinity,
      big: 12345678901234567890n,
      date: new Date("2026-01-02T03:04:05Z"),
      map: new Map([["a", 1]]),
      set: new Set(["x", "y"]),
      url: new URL("https://example.com/a"),
      pattern: /a+/gi,
      bytes: new Uint8Array([1, 255]),
      text: "</script><!-- \u2028",
      list: [1, [2]],
      total: computed(() => 3),
    };
    await visit(() => <Types value={value} />, async (page) => {
      await page.locator(".types").dispatchEvent("click");
      await page.getByText("none=").waitFor();
      assertEquals((await text(page, ".types"))?.split(";"), [
        "none=Undefined:undefined",
        "nil=Null:null",
        "nan=Number:NaN",
        "minus=Number:0",
        "endless=Number:-Infinity",
        "big=BigInt:12345678901234567890",
        `date=Date:${await page.evaluate(() => String(new Date("2026-01-02T03:04:05Z")))}`,
        "map=Map:a,1",
        "set=Set:x+y",
        "url=URL:https://example.com/a",
        "pattern=RegExp:/a+/gi",
        "bytes=Uint8Array:1,255",
        "text=String:</script><!-- \u2028",
        "list=Array:1,2",
        "total=Object:3",
      ]);
    });
  });
});
