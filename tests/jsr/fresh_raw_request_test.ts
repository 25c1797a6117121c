/**
 * Proves that requests no well-behaved client would send get an orderly answer.
 * They are written to a real socket, as a `Request` object could not hold them.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { App } from "fresh";
import { requestPath } from "@/jsr/fresh/request_path.ts";

async function withServer(
  app: App<unknown>,
  run: (send: (head: string) => Promise<string>) => Promise<void>,
): Promise<void> {
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    app.handler(),
  );
  try {
    await run((head) => exchange(server.addr.port, head));
  } finally {
    await server.shutdown();
  }
}

async function exchange(port: number, head: string): Promise<string> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const bytes = new TextEncoder().encode(`${head}\r\nConnection: close\r\n\r\n`);
  await connection.write(bytes);
  return await new Response(connection.readable).text();
}

const app = new App()
  .get("/a/:id", (ctx) => ctx.json(ctx.params))
  .get("/b", (ctx) => ctx.text(ctx.url.href));

Deno.test("a malformed Host header is answered with 400", async () => {
  await withServer(app, async (send) => {
    for (const host of ["a b", "1.2.3.999", "h:99999", "[::1", "a<b", "xn--a"]) {
      const answer = await send(`GET /b HTTP/1.1\r\nHost: ${host}`);
      assertMatch(answer, /^HTTP\/1\.1 400 /, host);
    }
    for (const host of ["h", "127.0.0.1:8000", "[::1]:80", "h"]) {
      const answer = await send(`GET /b HTTP/1.1\r\nHost: ${host}`);
      assertMatch(answer, /^HTTP\/1\.1 200 /, host);
    }
  });
});

const TARGETS: [string, RegExp][] = [
  ["/a/%zz", /200 [^]*\{"id":"%zz"\}/],
  ["/a/%", /200 [^]*\{"id":"%"\}/],
  ["//a//1", /200 [^]*\{"id":"1"\}/],
  ["/x/../a/1", /200 [^]*\{"id":"1"\}/],
  ["/x/%2e%2E/a/1", /200 [^]*\{"id":"1"\}/],
  ["/a\\1", /200 [^]*\{"id":"1"\}/],
  ["/a/1?x=/../b#c", /200 [^]*\{"id":"1"\}/],
  ["/a/'()*+,;=:@!$&~", /200 [^]*'\(\)\*\+,;=:@!\$&~/],
  ["http://other/b", /200 [^]*http:\/\/other\/b/],
  ["//evil.example/b", /404 /],
];

for (const [target, expected] of TARGETS) {
  Deno.test(`GET ${target} is answered in order`, async () => {
    await withServer(app, async (send) => {
      const answer = await send(`GET ${target} HTTP/1.1\r\nHost: h`);
      assertMatch(answer, expected);
    });
  });
}

Deno.test("OPTIONS * and unknown methods do not end in a 500", async () => {
  await withServer(app, async (send) => {
    assertMatch(await send("OPTIONS * HTTP/1.1\r\nHost: h"), /^HTTP\/1\.1 4/);
    assertMatch(await send("BREW /b HTTP/1.1\r\nHost: h"), /^HTTP\/1\.1 405 /);
    assertMatch(await send("get /b HTTP/1.1\r\nHost: h"), /^HTTP\/1\.1 200 /);
  });
});

Deno.test("requestPath() gives what URL.pathname gives", () => {
  const tails = [
    "/a",
    "",
    "?q=/x",
    "#/x",
    "/a/b/?q#h",
    "/a/./b",
    "/a/.b",
    "/a/b.",
    "/a/..%2f",
    "/a/%2e",
    "/é",
    "/a b",
    "/a|b^c`{}",
    '/"<>',
    "/a/..",
    "/~!$&'()*+,;=:@",
  ];
  for (const tail of tails) {
    for (const origin of ["http://h", "https://host:1"]) {
      const url = origin + tail;
      assertEquals(requestPath(url), new URL(url).pathname, url);
    }
  }
});
