/** What surrounds every admin page: navigation, mode, account, what is wrong with the connection, and messages of forms. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type AdminClient, signIn } from "@/tests/helpers/admin_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";

const SECTIONS = [
  "/",
  "/messages",
  "/conversations",
  "/playground",
  "/keys",
  "/whatsapp",
  "/requests",
  "/settings",
];

describe("admin layout", () => {
  let harness: Harness;
  let admin: AdminClient;
  beforeAll(async () => {
    harness = await startHarness();
    admin = await signIn(harness);
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  const linksOf = (html: string) =>
    [...html.matchAll(/<a [^>]*href="([^"]*)"/g)].map(([, href = ""]) =>
      href.replaceAll("&amp;", "&")
    );

  it("GET / 200 leads to every section, and marks its own alone", async () => {
    const { status, text } = await admin.get("/");
    assertEquals(status, 200);
    const [, navigation = ""] = /<nav aria-label="Main"[^>]*>(.*?)<\/nav>/.exec(text) ?? [];
    assertEquals(linksOf(navigation), [...SECTIONS, "/docs", "/docs/errors"]);
    const marked = [...navigation.matchAll(/<a ([^>]*aria-current="page"[^>]*)>/g)];
    assertEquals(marked.length, 1);
    assertStringIncludes(marked[0]?.[1] ?? "", 'href="/"');
  });

  it("every section that the navigation names exists, in both modes", async () => {
    for (const query of ["", "?mode=test"]) {
      for (const path of SECTIONS) {
        const { status, text } = await admin.get(path + query);
        assertEquals([path, status], [path, 200]);
        assertEquals([path, text.match(/<h1[ >]/g)?.length], [path, 1]);
        assertEquals([path, text.match(/<main[ >]/g)?.length], [path, 1]);
        assertMatch(text, /<title>[^<]+ · Messages API<\/title>/);
      }
    }
  });

  it("every link of a page in test mode keeps the mode, but for the way out", async () => {
    const outside = ["#main", "/docs", "/docs/errors"];
    for (const path of SECTIONS) {
      const { text } = await admin.get(`${path}?mode=test`);
      const lost = linksOf(text)
        .filter((href) => href.startsWith("/") && !outside.includes(href))
        .filter((href) =>
          new URL(href, harness.server.baseUrl).searchParams.get("mode") !== "test"
        );
      // The bar and the switch.
      assertEquals([path, lost], [path, [path, path]]);
    }
  });

  it("test mode is marked on the page, live mode is not", async () => {
    const test = (await admin.get("/keys?mode=test")).text;
    assertStringIncludes(test, 'aria-label="Test mode"');
    assertStringIncludes(test, "Leave test mode");
    const live = (await admin.get("/keys")).text;
    assertEquals(live.includes('aria-label="Test mode"'), false);
    assertMatch(live, /<a href="\/keys\?mode=test" aria-label="Switch to test mode"/);
  });

  it("the first link leads past the navigation", async () => {
    const { text } = await admin.get("/");
    assertEquals(linksOf(text)[0], "#main");
    assertMatch(text, /<main id="main"/);
  });

  it("signing out is a form that posts, and no link", async () => {
    const { text } = await admin.get("/");
    assertMatch(text, /<form method="post" action="\/logout"/);
    assertEquals(linksOf(text).includes("/logout"), false);
  });

  it("a refused access token shows on every page of both modes, until it works again", async () => {
    const other = await signIn(harness);
    const title = "WhatsApp refuses the access token";
    assertEquals((await other.get("/keys")).text.includes(title), false);
    await harness.query(
      `update whatsapp_integrations set token_failed_at = now(), token_failure = 'It <b>expired</b>'
       where account_id = $1`,
      [other.account.id],
    );
    for (const path of ["/", "/keys", "/settings?mode=test"]) {
      const { text } = await other.get(path);
      assertStringIncludes(text, title);
      assertStringIncludes(text, "It &lt;b>expired&lt;/b>");
    }
    assertEquals((await admin.get("/keys")).text.includes(title), false);
    await harness.query(
      "update whatsapp_integrations set token_failed_at = null, token_failure = null where account_id = $1",
      [other.account.id],
    );
    assertEquals((await other.get("/keys")).text.includes(title), false);
  });

  it("the name of an account and an e-mail never become markup", async () => {
    const other = await signIn(harness);
    await harness.query("update accounts set name = '<script>x()</script>' where id = $1", [
      other.account.id,
    ]);
    const { text } = await other.get("/");
    assert(!text.includes("<script>x()"), text);
    assertStringIncludes(text, "&lt;script>x()");
  });

  it("what a form says is shown once", async () => {
    const flash = { kind: "success", text: "The key was <renamed>." };
    admin.cookies.set("messages_flash", btoa(JSON.stringify(flash)));
    const { text } = await admin.get("/settings");
    assertMatch(text, /<div role="status"/);
    assertStringIncludes(text, "The key was &lt;renamed>.");
    assertEquals((await admin.get("/settings")).text.includes("renamed"), false);
  });

  it("GET /nowhere 404 stands inside the admin UI and keeps the mode", async () => {
    const { status, text } = await admin.get("/nowhere?mode=test");
    assertEquals(status, 404);
    assertStringIncludes(text, "Page not found");
    assertMatch(text, /<a href="\/\?mode=test"[^>]*>Go to the overview/);
    assertEquals(text.match(/<main[ >]/g)?.length, 1);
  });
});
