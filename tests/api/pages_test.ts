/** The pages and files that need no account, and the page for what does not exist, signed in and not. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { get, type IncomingMessage } from "node:http";
import { gunzipSync } from "node:zlib";
import { ERRORS } from "@/lib/api/errors.ts";
import { META_ERROR_GROUPS, META_ERRORS } from "@/lib/meta/error_table.ts";
import { type AdminClient, signIn } from "@/tests/helpers/admin_client.ts";
import type { ApiAnswer } from "@/tests/helpers/api_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { corsHeaders } from "@/tests/helpers/route_contract.ts";

describe("pages", () => {
  let harness: Harness;
  let admin: AdminClient;
  beforeAll(async () => {
    harness = await startHarness();
    admin = await signIn(harness);
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  function assertPage(
    answer: Pick<ApiAnswer, "status" | "headers" | "text">,
    status: number,
  ): void {
    assertEquals(answer.status, status);
    assertEquals(answer.headers.get("content-type"), "text/html; charset=utf-8");
    assertMatch(answer.text, /^<!doctype html><html lang="en">/i);
    assertMatch(answer.text, /<title>[^<]+<\/title>/);
    assertEquals(answer.text.match(/<h1[ >]/g)?.length, 1);
  }

  it("GET /docs/errors 200 has an anchor, the status and the way out for every code", async () => {
    const answer = await harness.call({ path: "/docs/errors" });
    assertPage(answer, 200);
    const ids = [...answer.text.matchAll(/<section id="([^"]+)"/g)].map(([, id]) => id);
    assertEquals(ids, Object.keys(ERRORS));
    for (const [code, { status, retryable, fix }] of Object.entries(ERRORS)) {
      const start = answer.text.indexOf(`<section id="${code}"`);
      const section = answer.text.slice(start, answer.text.indexOf("</section>", start));
      assert(section.includes(`>${status}<`), section);
      assert(unescapeHtml(section).includes(fix), section);
      const [, example = ""] = /<code>([^<]*)<\/code><\/pre>/.exec(section) ?? [];
      const { error } = JSON.parse(unescapeHtml(example));
      assertEquals([error.code, error.retryable], [code, retryable]);
      assertEquals(error.doc_url, `${harness.server.baseUrl}/docs/errors#${code}`);
    }
  });

  it("GET /docs/errors 200 has an anchor, the meaning and the way out for every code of Meta", async () => {
    const { text } = await harness.call({ path: "/docs/errors" });
    const rows = META_ERROR_GROUPS.flatMap((group) => group.rows);
    assertEquals(rows.filter(({ from, to }) => from === to).length > META_ERRORS.size, true);
    for (const [code, entry] of META_ERRORS) {
      const shown = rows.find(({ from, to }) => from === code && to === code);
      assertEquals([code, shown?.entry], [code, entry]);
    }
    for (const { from, to, entry } of rows) {
      const id = from === to ? `meta-${from}` : `meta-${from}-${to}`;
      const start = text.indexOf(`<tr id="${id}"`);
      const row = unescapeHtml(text.slice(start, text.indexOf("</tr>", start)));
      assert(start > 0 && row.includes(entry.title) && row.includes(entry.hint), id);
    }
  });

  it("GET /docs 200 says without scripts what is needed and where else to read", async () => {
    const answer = await harness.call({ path: "/docs" });
    assertPage(answer, 200);
    assertMatch(answer.text, /<noscript>.*JavaScript.*<\/noscript>/);
    for (const path of ["/api/v1/openapi.json", "/docs/errors", "/"]) {
      assert(answer.text.includes(`href="${path}"`), path);
      assertEquals((await admin.get(path)).status, 200);
    }
  });

  it("GET /docs 200 lets scripts write styles, and run from this server alone; no other page does", async () => {
    const policyOf = async (path: string) =>
      (await harness.call({ path })).headers.get("content-security-policy") ?? "";
    const policy = await policyOf("/docs");
    assertMatch(
      policy,
      /^default-src 'none'; script-src 'self' 'nonce-\w+'; style-src 'self' 'unsafe-inline';/,
    );
    for (const part of ["connect-src 'self'", "img-src 'self' data:", "frame-ancestors 'none'"]) {
      assert(policy.split("; ").includes(part), policy);
    }
    for (const path of ["/docs/errors", "/login"]) {
      assertEquals((await policyOf(path)).includes("unsafe-inline"), false);
    }
  });

  it("GET /api_reference.js 200 is named by no page but /docs, kept for a year, and compressed for who takes that", async () => {
    const { text } = await harness.call({ path: "/docs" });
    const [address = ""] = /\/api_reference\.js\?__frsh_c=\w+/.exec(text) ?? [];
    assertNotEquals(address, "");
    for (const path of ["/docs/errors", "/docs/nowhere", "/login"]) {
      assertEquals((await harness.call({ path })).text.includes("/api_reference."), false, path);
    }
    const plain = await harness.call({ path: address, headers: { "accept-encoding": "identity" } });
    assertEquals(plain.headers.get("content-encoding"), null);
    assertEquals(plain.headers.get("cache-control"), "public, max-age=31536000, immutable");
    const { hostname, port } = new URL(harness.server.baseUrl);
    for (const accepted of ["gzip, deflate, br", "gzip;q=0", ""]) {
      const answer = await rawGet({ hostname, port: Number(port), path: address, accepted });
      const isCompressed = accepted.startsWith("gzip,");
      assertEquals(answer.headers["content-encoding"], isCompressed ? "gzip" : undefined);
      assertMatch(answer.headers.vary ?? "", /Accept-Encoding/);
      const body = isCompressed ? gunzipSync(answer.body) : answer.body;
      assertEquals(body.toString() === plain.text, true);
      if (isCompressed) assert(answer.body.length < 2_000_000, String(answer.body.length));
    }
  });

  it("GET doc_url of an error 200 leads to its anchor", async () => {
    const refused = await harness.call({ path: "/api/v1/me" });
    const url = new URL(refused.json.error.doc_url);
    assertEquals(url.origin, harness.server.baseUrl);
    const answer = await harness.call({ path: url.pathname });
    assert(answer.text.includes(`id="${url.hash.slice(1)}"`), url.href);
  });

  for (
    const path of [
      "/nowhere",
      "/docs/nowhere",
      "/styles.css/x",
      "/.env",
      "/main.ts",
      "/static/styles.css",
    ]
  ) {
    it(`GET ${path} 404 is a page that leads back`, async () => {
      const answer = await admin.get(path);
      assertPage(answer, 404);
      assert(answer.text.includes('href="/"'), answer.text);
    });
  }

  it("GET /docs/nowhere 404 is a page for everyone", async () => {
    const answer = await harness.call({ path: "/docs/nowhere" });
    assertPage(answer, 404);
    assert(answer.text.includes('href="/"'), answer.text);
  });

  it("GET /<script> 404 does not repeat the path", async () => {
    const answer = await admin.get("/<script>alert(1)</script>?x=<script>");
    assertPage(answer, 404);
    assertEquals(answer.text.includes("alert(1)"), false);
  });

  const files = { "/styles.css": "text/css; charset=UTF-8", "/favicon.svg": "image/svg+xml" };
  for (const [path, type] of Object.entries(files)) {
    it(`GET ${path} 200 has type and ETag, and 304 for who has it`, async () => {
      const answer = await harness.call({ path });
      assertEquals(answer.status, 200);
      assertEquals(answer.headers.get("content-type"), type);
      assert(answer.text.length > 100);
      const etag = answer.headers.get("etag") ?? "";
      assertMatch(etag, /^(W\/)?"[0-9a-f]+"$/);
      const again = await harness.call({ path, headers: { "if-none-match": etag } });
      assertEquals([again.status, again.text], [304, ""]);
      assertEquals(again.headers.get("etag"), etag);
      const stale = await harness.call({ path, headers: { "if-none-match": '"other"' } });
      assertEquals(stale.status, 200);
      const head = await harness.call({ method: "HEAD", path });
      assertEquals([head.status, head.text, head.headers.get("etag")], [200, "", etag]);
    });

    it(`POST ${path} 405 is refused`, async () => {
      assertEquals((await harness.call({ method: "POST", path })).status, 405);
    });
  }

  it("every local address in the pages exists", async () => {
    const addresses = new Set<string>();
    for (const path of ["/docs", "/docs/errors", "/docs/nowhere", "/login"]) {
      const { text } = await harness.call({ path });
      for (const [, address] of text.matchAll(/(?:href|src)="(\/[^"#]*)/g)) {
        if (address !== undefined) addresses.add(address);
      }
    }
    assert(addresses.size >= 4, [...addresses].join());
    for (const path of addresses) {
      assertEquals([path, (await admin.get(path)).status], [path, 200]);
    }
  });

  const everywhere = [
    "/",
    "/docs",
    "/docs/errors",
    "/nowhere",
    "/styles.css",
    "/favicon.ico",
    "/healthz",
    "/api/v1/me",
    "/api/nowhere",
  ];
  for (const path of everywhere) {
    it(`GET ${path} has the security headers and no CORS headers`, async () => {
      const answer = await harness.call({ path, headers: { origin: "https://example.com" } });
      assertEquals(answer.headers.get("x-content-type-options"), "nosniff");
      assertEquals(answer.headers.get("x-frame-options"), "DENY");
      assertEquals(answer.headers.get("referrer-policy"), "same-origin");
      assertEquals(corsHeaders(answer), []);
      const isPage = answer.headers.get("content-type")?.startsWith("text/html") ?? false;
      const policy = answer.headers.get("content-security-policy") ?? "";
      if (isPage) assert(policy.includes("frame-ancestors 'none'"), policy);
    });
  }

  it("pages have no inline script or style that the policy would have to allow", async () => {
    const pages = await Promise.all([
      ...["/", "/docs", "/docs/errors", "/nowhere"].map((path) => admin.get(path)),
      harness.call({ path: "/docs/nowhere" }),
    ]);
    for (const { text, headers } of pages) {
      assertEquals(/ style="| on[a-z]+="/.test(text), false, text);
      assertNotEquals(headers.get("content-security-policy"), null);
    }
  });
});

/** A GET whose answer is not uncompressed on its way. */
async function rawGet(
  { accepted, ...target }: { hostname: string; port: number; path: string; accepted: string },
): Promise<{ headers: IncomingMessage["headers"]; body: Buffer }> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ ...target, agent: false, headers: { "accept-encoding": accepted } }, resolve)
      .on("error", reject);
  });
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { headers: response.headers, body: Buffer.concat(chunks) };
}

function unescapeHtml(text: string): string {
  return text.replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&gt;", ">")
    .replaceAll("&#39;", "'").replaceAll("&amp;", "&");
}
