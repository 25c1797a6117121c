/** Who is signed out sees nothing and learns nothing; who is signed in gets pages that no cache and no frame may hold. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { type AdminClient, openPages, signIn } from "@/tests/helpers/admin_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { listPageRoutes, type PageRoute } from "@/tests/helpers/page_routes.ts";

describe("access to pages", () => {
  let harness: Harness;
  let client: AdminClient;
  let routes: PageRoute[];
  beforeAll(async () => {
    harness = await startHarness();
    client = await signIn(harness);
    routes = await listPageRoutes();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  const nobody = () => openPages(harness.server.baseUrl);

  it("signed out, every page leads to the sign-in and back, in its mode", async () => {
    const inside = routes.filter(({ isAccess, methods }) => !isAccess && methods.includes("GET"));
    assert(inside.length >= 6, inside.map(({ path }) => path).join());
    for (const { path } of inside) {
      for (const address of [path, `${path}?mode=test`]) {
        const answer = await nobody().get(address);
        const next = address === "/" ? "" : `?next=${encodeURIComponent(address)}`;
        assertEquals([address, answer.status, answer.location], [address, 303, `/login${next}`]);
        assertEquals([answer.text, answer.headers.get("cache-control")], ["", "no-store"]);
      }
    }
  });

  it("signed out, a form and a script's request lead to the sign-in alone", async () => {
    for (const { path, isAccess, methods } of routes) {
      if (isAccess || !methods.includes("POST")) continue;
      const answer = await nobody().post(path);
      assertEquals([path, answer.status, answer.location], [path, 303, "/login"]);
    }
    const headers = { "sec-fetch-dest": "empty" };
    assertEquals((await nobody().get("/settings", { headers })).location, "/login");
  });

  for (const cookie of ["x", "A".repeat(43), "%00", "A".repeat(5_000), '"><script>']) {
    it(`the session cookie ${cookie.slice(0, 12)} of ${cookie.length} characters opens nothing`, async () => {
      const browser = nobody();
      browser.cookies.set("messages_session", cookie);
      assertEquals((await browser.get("/settings")).status, 303);
    });
  }

  const open = ["/login", "/docs", "/docs/errors", "/healthz", "/readyz"];
  for (const path of open) {
    it(`GET ${path} 200 needs no sign-in`, async () => {
      assertEquals((await nobody().get(path)).status, 200);
    });
  }

  for (const path of ["/docs/nowhere", "/webhooks/nowhere"]) {
    it(`GET ${path} 404 needs no sign-in`, async () => {
      assertEquals((await nobody().get(path)).status, 404);
    });
  }

  it("the API and Meta's callbacks know nothing of sessions", async () => {
    for (const path of ["/api/v1/me", "/api/v1/messages"]) {
      assertEquals((await client.get(path)).status, 401);
    }
    const callback = await client.fetch("/webhooks/whatsapp", { method: "POST", body: "{}" });
    await callback.body?.cancel();
    assertEquals(callback.status, 401);
  });

  // Where somebody is led after signing in, for each value of `next`.
  const nexts: [next: string, to: string][] = [
    ["/keys", "/keys"],
    ["/keys?mode=test&x=%2F%2Fevil.example", "/keys?mode=test&x=%2F%2Fevil.example"],
    ["/messages#x", "/messages"],
    ["", "/"],
    ["keys", "/"],
    ["//evil.example", "/"],
    ["///evil.example", "/"],
    ["\\\\evil.example", "/"],
    ["/\\evil.example", "/"],
    ["\\/evil.example", "/"],
    ["/\t/evil.example", "/"],
    ["/\n/evil.example", "/"],
    ["\t//evil.example", "/"],
    ["/.//evil.example", "/"],
    ["/x/..//evil.example", "/"],
    ["/%2e//evil.example", "/"],
    ["https://evil.example", "/"],
    ["https:evil.example", "/"],
    ["javascript:alert(1)", "/"],
    ["data:text/html,x", "/"],
    ["/%2f/evil.example", "/%2f/evil.example"],
    ["/%5cevil.example", "/%5cevil.example"],
    ["http://[", "/"],
    ["/\r\nset-cookie: x=y", "/set-cookie:%20x=y"],
  ];
  for (const [next, to] of nexts) {
    it(`signing in with next=${JSON.stringify(next)} leads to ${to}`, async () => {
      const path = `/login?next=${encodeURIComponent(next)}`;
      const answer = await client.get(path);
      assertEquals([answer.status, answer.location], [303, to]);
      const base = harness.server.baseUrl;
      assertEquals(new URL(answer.location ?? "", base).origin, base);
    });
  }

  it("pages behind the sign-in are stored by no cache", async () => {
    for (
      const path of [
        "/settings",
        "/settings/team",
        "/settings/sessions",
        "/settings/audit",
        "/nowhere",
      ]
    ) {
      assertEquals((await client.get(path)).headers.get("cache-control"), "no-store", path);
    }
  });

  it("every page has a policy with a nonce of its own, for scripts of this site alone", async () => {
    const nonces = new Set<string>();
    for (const path of ["/settings", "/settings/team", "/nowhere", "/login", "/docs/errors"]) {
      const { headers, text } = await client.get(path);
      if (text === "") continue;
      const policy = headers.get("content-security-policy") ?? "";
      const directives = Object.fromEntries(
        policy.split("; ").map((it) => [it.split(" ")[0] ?? "", it]),
      );
      const [, nonce = ""] = /'nonce-([^']+)'/.exec(directives["script-src"] ?? "") ?? [];
      assertNotEquals(nonce, "", policy);
      nonces.add(nonce);
      assertEquals(Object.keys(directives).sort(), [
        "base-uri",
        "connect-src",
        "default-src",
        "font-src",
        "form-action",
        "frame-ancestors",
        "img-src",
        "media-src",
        "object-src",
        "script-src",
        "style-src",
        "worker-src",
      ]);
      assertEquals(directives["script-src"], `script-src 'self' 'nonce-${nonce}'`);
      assertEquals(directives["frame-ancestors"], "frame-ancestors 'none'");
      assertEquals(directives["base-uri"], "base-uri 'none'");
      assertEquals(directives["form-action"], "form-action 'self'");
      assertEquals(/unsafe|\*|https?:/.test(policy), false, policy);
      for (const [script] of text.matchAll(/<script\b[^>]*>/g)) {
        assert(/ src="\/|type="application\/json"/.test(script) || script.includes(nonce), script);
      }
      assertEquals(/<[a-z]+[^>]* (style|on[a-z]+)="/.test(text), false, path);
    }
    assert(nonces.size >= 4, [...nonces].join());
  });

  it("an error page and a refused form have the policy too", async () => {
    const refused = await client.post("/settings", {}, {
      headers: { "sec-fetch-site": "cross-site" },
    });
    assertEquals(refused.status, 403);
    assertMatch(refused.headers.get("content-security-policy") ?? "", /script-src 'self'/);
  });

  it("the page that does not exist is inside the admin UI for who is signed in", async () => {
    const { status, text } = await client.get("/nowhere?mode=test");
    assertEquals(status, 404);
    assert(text.includes("Page not found") && text.includes('action="/logout'), text);
  });
});
