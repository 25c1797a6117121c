/**
 * Proves the protections: redirects stay on the site, requests forged by other
 * sites are refused, and the Content-Security-Policy fits the page it is sent
 * with.
 */
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { App, csp, csrf } from "fresh";

const REDIRECTS: [string, string][] = [
  ["/", "/"],
  ["/a/b?c=//d#/e//", "/a/b?c=//d#/e//"],
  ["//evil.example/x", "/evil.example/x"],
  ["///evil.example", "/evil.example"],
  ["/a//b", "/a/b"],
  ["/\\evil.example", "/evil.example"],
  ["\\\\evil.example", "/evil.example"],
  ["\\/evil.example", "/evil.example"],
  ["/\t/evil.example", "/evil.example"],
  [" //evil.example", "/evil.example"],
  ["/?next=a\\b", "/?next=a\\b"],
  ["https://other.example//a", "https://other.example//a"],
];

for (const [given, expected] of REDIRECTS) {
  Deno.test(`ctx.redirect(${JSON.stringify(given)}) leads to ${expected}`, async () => {
    const app = new App().get("/", (ctx) => ctx.redirect(given));
    const res = await app.handler()(new Request("http://localhost/"));
    assertEquals([res.status, res.headers.get("Location")], [302, expected]);
  });
}

Deno.test("ctx.redirect() takes another status", async () => {
  const app = new App().get("/", (ctx) => ctx.redirect("/a", 303));
  const res = await app.handler()(new Request("http://localhost/"));
  assertEquals(res.status, 303);
});

interface Attempt {
  method?: string;
  site?: string;
  origin?: string;
}

async function attempt(
  middleware: ReturnType<typeof csrf>,
  { method = "POST", site, origin }: Attempt,
) {
  const headers = new Headers();
  if (site !== undefined) headers.set("Sec-Fetch-Site", site);
  if (origin !== undefined) headers.set("Origin", origin);
  const app = new App().use(middleware).all("/", () => new Response("ok"));
  const res = await app.handler()(
    new Request("https://own.example/", { method, headers }),
  );
  return res.status;
}

const own = "https://own.example";
const other = "https://other.example";
const CSRF: [string, Attempt, number][] = [
  ["GET from anywhere", { method: "GET", site: "cross-site" }, 200],
  ["HEAD from anywhere", { method: "HEAD", origin: other }, 200],
  ["POST from the same origin", { site: "same-origin" }, 200],
  ["POST typed by the user", { site: "none" }, 200],
  ["POST from another site", { site: "cross-site" }, 403],
  ["POST from a sister site", { site: "same-site" }, 403],
  ["POST without browser headers", {}, 200],
  ["POST with the own Origin", { origin: own }, 200],
  ["POST with another Origin", { origin: other }, 403],
  ["POST with Origin null", { origin: "null" }, 403],
  ["DELETE from another site", { method: "DELETE", site: "cross-site" }, 403],
  ["PUT with another Origin", { method: "PUT", origin: other }, 403],
];

for (const [what, given, status] of CSRF) {
  Deno.test(`csrf() answers ${what} with ${status}`, async () => {
    assertEquals(await attempt(csrf(), given), status);
  });
}

Deno.test("csrf() knows allowed origins as text, list or function", async () => {
  const allowed = "https://a.example";
  const forms = [allowed, [allowed], (it: string) => it === allowed];
  for (const origin of forms) {
    const middleware = csrf({ origin });
    assertEquals(await attempt(middleware, { origin: allowed }), 200);
    assertEquals(
      await attempt(middleware, { origin: allowed, site: "cross-site" }),
      200,
    );
    assertEquals(await attempt(middleware, { origin: own }), 403);
  }
});

function cspApp(options?: Parameters<typeof csp>[0]): App<unknown> {
  return new App().use(csp(options))
    .get("/page", (ctx) =>
      ctx.render(
        <div>
          <script>1</script>
          <style nonce="own">p</style>
        </div>,
      ))
    .get("/text", (ctx) => ctx.text("a"));
}

async function policyOf(app: App<unknown>, path: string) {
  const res = await app.handler()(new Request(`http://localhost${path}`));
  const policy = res.headers.get("Content-Security-Policy") ?? "";
  return { policy, directives: policy.split("; "), text: await res.text() };
}

Deno.test("csp() sends a strict default policy", async () => {
  const { directives } = await policyOf(cspApp(), "/text");
  assert(directives.includes("default-src 'self'"));
  assert(directives.includes("script-src 'self' 'unsafe-inline'"));
  assert(directives.includes("frame-ancestors 'none'"));
  assert(directives.includes("object-src 'none'"));
});

Deno.test("csp() replaces directives of the same name and adds others", async () => {
  const { directives } = await policyOf(
    cspApp({ csp: ["img-src https:", "manifest-src 'self'"] }),
    "/text",
  );
  assertEquals(directives.filter((it) => it.startsWith("img-src")), [
    "img-src https:",
  ]);
  assert(directives.includes("manifest-src 'self'"));
});

Deno.test("csp() with useNonce allows inline code by the page's nonce alone", async () => {
  const app = cspApp({ useNonce: true });
  const { policy, text } = await policyOf(app, "/page");
  const [, nonce] = /<script nonce="(\w+)">/.exec(text) ?? [];
  assertMatch(nonce ?? "", /^[0-9a-f]{32}$/);
  assertStringIncludes(policy, `script-src 'self' 'nonce-${nonce}'`);
  assertStringIncludes(policy, `style-src 'self' 'nonce-${nonce}'`);
  assert(!policy.includes("unsafe-inline"));
  assertStringIncludes(text, '<style nonce="own">');

  const again = await policyOf(app, "/page");
  assertNotEquals(again.policy, policy);
});
