/**
 * Proves the serving of static files: types, caching, and that nothing outside
 * of the folder, and no hidden file, is ever served.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { App, staticFiles } from "fresh";
import { asset } from "fresh/runtime";

async function withFolder(
  run: (ask: (path: string, init?: RequestInit) => Promise<Response>) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/static/.well-known`, { recursive: true });
    await Deno.mkdir(`${root}/static/sub dir`);
    await Deno.mkdir(`${root}/static/.git`);
    const files = {
      "static/app.css": "p{}",
      "static/sub dir/a.json": "{}",
      "static/.env": "SECRET",
      "static/.git/config": "SECRET",
      "static/.well-known/security.txt": "contact",
      "static/data.bin": "b",
      "secret.txt": "SECRET",
    };
    for (const [path, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${root}/${path}`, text);
    }
    await Deno.symlink(`${root}/secret.txt`, `${root}/static/link.txt`);
    const handler = new App({ root }).use(staticFiles())
      .get("/page", () => new Response("page")).handler();
    await run((path, init) => handler(new Request(`http://localhost${path}`, init)));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("a static file is served with its type, length and validators", async () => {
  await withFolder(async (ask) => {
    const res = await ask("/app.css");
    assertEquals(await res.text(), "p{}");
    assertEquals(res.headers.get("Content-Type"), "text/css; charset=UTF-8");
    assertEquals(res.headers.get("Content-Length"), "3");
    assertEquals(
      res.headers.get("Cache-Control"),
      "no-cache, no-store, max-age=0, must-revalidate",
    );
    assert(/^W\/"[0-9a-f]{64}"$/.test(res.headers.get("ETag") ?? ""));
    const json = await ask("/sub%20dir/a.json");
    assertEquals(await json.json(), {});
    const bin = await ask("/data.bin");
    assertEquals(bin.headers.get("Content-Type"), "application/octet-stream");
    await bin.body?.cancel();
  });
});

Deno.test("a known ETag is answered with 304 and no body", async () => {
  await withFolder(async (ask) => {
    const first = await ask("/app.css");
    await first.body?.cancel();
    const etag = first.headers.get("ETag") ?? "";
    const res = await ask("/app.css", { headers: { "If-None-Match": etag } });
    assertEquals([res.status, await res.text()], [304, ""]);
    const changed = await ask("/app.css", {
      headers: { "If-None-Match": 'W/"old"' },
    });
    assertEquals([changed.status, await changed.text()], [200, "p{}"]);
  });
});

Deno.test("HEAD gives the headers of a file, other methods 405", async () => {
  await withFolder(async (ask) => {
    const head = await ask("/app.css", { method: "HEAD" });
    assertEquals([head.status, await head.text()], [200, ""]);
    assertEquals(head.headers.get("Content-Length"), "3");
    const post = await ask("/app.css", { method: "POST" });
    assertEquals([post.status, await post.text()], [405, "Method Not Allowed"]);
  });
});

Deno.test("a URL of asset() is cached for a year, of another build redirected", async () => {
  await withFolder(async (ask) => {
    await (await ask("/app.css")).body?.cancel();
    const url = asset("/app.css?v=1#a");
    assertStringIncludes(url, "/app.css?v=1&__frsh_c=");
    const res = await ask(url);
    assertEquals(
      res.headers.get("Cache-Control"),
      "public, max-age=31536000, immutable",
    );
    await res.body?.cancel();
    const old = await ask("/app.css?v=1&__frsh_c=old");
    assertEquals([old.status, old.headers.get("Location")], [
      307,
      "/app.css?v=1",
    ]);
  });
});

Deno.test("other paths pass on; a missing favicon is a bare 404", async () => {
  await withFolder(async (ask) => {
    assertEquals(await (await ask("/page")).text(), "page");
    assertEquals((await ask("/none.css")).status, 404);
    const icon = await ask("/favicon.ico");
    assertEquals([icon.status, await icon.text()], [404, ""]);
  });
});

Deno.test(".well-known is served, other dotfiles are not", async () => {
  await withFolder(async (ask) => {
    const res = await ask("/.well-known/security.txt");
    assertEquals(await res.text(), "contact");
    for (const path of ["/.env", "/.git/config", "/%2eenv"]) {
      assertEquals((await ask(path)).status, 404, path);
    }
  });
});

Deno.test("no path leads out of the folder", async () => {
  await withFolder(async (ask) => {
    const paths = [
      "/../secret.txt",
      "/%2e%2e/secret.txt",
      "/..%2fsecret.txt",
      "/..%5csecret.txt",
      "/sub%20dir/../../secret.txt",
      "//secret.txt",
      "/link.txt",
      "/%00",
      "/%zz",
    ];
    for (const path of paths) {
      const res = await ask(path);
      assertEquals(res.status, 404, path);
      assert(!(await res.text()).includes("SECRET"), path);
    }
  });
});
