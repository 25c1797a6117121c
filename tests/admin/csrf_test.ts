/**
 * Forms of other sites: every method that changes something, on every page there is, is refused unless the browser
 * says that the request comes from a page of this site. The table is made from routes/, so that no page is forgotten.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { type AdminClient, openPages, signIn } from "@/tests/helpers/admin_client.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";
import { listPageRoutes } from "@/tests/helpers/page_routes.ts";
import { type ServerProcess, startServerProcess } from "@/tests/helpers/server_process.ts";

type Headers = Record<string, string>;

describe("forms of other sites", () => {
  let harness: Harness;
  let client: AdminClient;
  let changes: [method: string, path: string][];
  beforeAll(async () => {
    harness = await startHarness();
    client = await signIn(harness);
    changes = (await listPageRoutes()).flatMap(({ path, methods }) =>
      methods.filter((method) => method !== "GET").map((method): [string, string] => [method, path])
    );
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  const foreign: [name: string, headers: (own: string) => Headers][] = [
    ["says nothing of its origin", () => ({})],
    [
      "is of another site",
      () => ({ "sec-fetch-site": "cross-site", origin: "https://evil.example" }),
    ],
    ["is of a sister domain", () => ({ "sec-fetch-site": "same-site" })],
    ["was typed into the address bar", () => ({ "sec-fetch-site": "none" })],
    ["hides its origin", () => ({ origin: "null" })],
    ["is of another host", () => ({ origin: "https://evil.example" })],
    ["is of another scheme", (own) => ({ origin: own.replace("http:", "https:") })],
    ["is of another port", () => ({ origin: "http://127.0.0.1:1" })],
    ["is of a host that begins alike", (own) => ({ origin: `${own}.evil.example` })],
    ["has a referrer only", (own) => ({ referer: `${own}/settings` })],
  ];
  for (const [name, headersFor] of foreign) {
    it(`a change that ${name} is refused on every page`, async () => {
      assert(changes.length >= 8, changes.join("; "));
      for (const [method, path] of changes) {
        const headers = headersFor(harness.server.baseUrl);
        const body = new URLSearchParams({ mode: "live" });
        const response = await client.fetch(path, { method, headers, body });
        const text = await response.text();
        assertEquals([method, path, response.status], [method, path, 403]);
        assert(text.includes("not sent from a page of this site"), text);
        assertEquals(response.headers.getSetCookie(), []);
      }
      assertEquals((await client.get("/settings")).status, 200);
    });
  }

  it("a change from this site is not refused for its origin, with either header", async () => {
    const own = harness.server.baseUrl;
    for (const headers of [{ "sec-fetch-site": "same-origin" }, { origin: own }]) {
      const body = new URLSearchParams({ mode: "live", name: "Shop" });
      const response = await client.fetch("/settings", { method: "POST", headers, body });
      await response.body?.cancel();
      assertEquals(response.status, 303);
    }
  });

  it("with APP_URL its origin counts, whatever the Host says", async () => {
    const environment = { ...harness.environment(), APP_URL: "https://wa.example.com/path" };
    await using server = await startServerProcess(environment);
    const post = async (origin: string) =>
      (await openPages(server.baseUrl).post("/logout", {}, {
        headers: { origin, "sec-fetch-site": "" },
      })).status;
    assertEquals(await post("https://wa.example.com"), 303);
    for (const origin of [server.baseUrl, "https://wa.example.com.evil.example", "null"]) {
      assertEquals([origin, await post(origin)], [origin, 403]);
    }
  });

  it("behind a proxy without APP_URL the scheme is the one that the proxy tells", async () => {
    const environment = { ...harness.environment(), TRUST_PROXY: "false" };
    await using untrusting: ServerProcess = await startServerProcess(environment);
    const post = async (server: ServerProcess, proto: string) =>
      (await openPages(server.baseUrl).post("/logout", {}, {
        headers: {
          "sec-fetch-site": "",
          "x-forwarded-proto": proto,
          origin: server.baseUrl.replace("http:", "https:"),
        },
      })).status;
    assertEquals(await post(harness.server, "https"), 303);
    assertEquals(await post(harness.server, "http, https"), 303);
    assertEquals(await post(harness.server, "https, http"), 403);
    assertEquals(await post(untrusting, "https"), 403);
  });

  it("a form of the other mode changes nothing", async () => {
    for (const [path, mode] of [["/settings", "test"], ["/settings?mode=test", "live"]] as const) {
      const answer = await client.post(path, { mode, name: "Changed" });
      assertEquals(answer.status, 400);
      assert(answer.text.includes("other mode"), answer.text);
    }
    assertEquals((await client.get("/settings")).text.includes("Changed"), false);
  });

  const bodies: [name: string, status: number, init: RequestInit][] = [
    ["JSON", 415, { body: "{}", headers: { "content-type": "application/json" } }],
    ["no type at all", 415, { body: new Uint8Array([1]) }],
    ["more than 256 KiB", 413, {
      body: new URLSearchParams({ mode: "live", name: "x".repeat(300_000) }),
    }],
    // A name that is sent 87,000 times in these bytes once kept the server busy for a minute.
    ["more than 1,000 fields", 413, {
      body: new URLSearchParams([["mode", "live"], ...Array(1_000).fill(["name", "Shop"])]),
    }],
    ["a NUL", 400, { body: new URLSearchParams({ mode: "live", name: "a\0b" }) }],
    ["a broken multipart", 400, {
      body: "x",
      headers: { "content-type": "multipart/form-data; boundary=b" },
    }],
  ];
  for (const [name, status, init] of bodies) {
    it(`a form with ${name} is refused with ${status}`, async () => {
      const headers = { "sec-fetch-site": "same-origin", ...init.headers as Headers };
      const response = await client.fetch("/settings", { method: "POST", ...init, headers });
      await response.body?.cancel();
      assertEquals(response.status, status);
    });
  }
});
