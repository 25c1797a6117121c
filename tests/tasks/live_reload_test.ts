/** While one develops, pages listen for a new server; nothing else changes. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { withLiveReload } from "@/tasks/dev/live_reload.ts";

const RUNNING = new AbortController().signal;
const INFO = {} as Deno.ServeHandlerInfo<Deno.NetAddr>;
const ask = (handler: ReturnType<typeof withLiveReload>, path: string) =>
  handler(new Request(`http://localhost${path}`), INFO);

Deno.test("a page gets one script with the nonce of its policy, other answers stay as they are", async () => {
  const handler = withLiveReload(
    (req) =>
      new URL(req.url).pathname === "/page"
        ? new Response("<p>page</p>", {
          status: 422,
          headers: {
            "content-type": "text/html; charset=utf-8",
            "content-security-policy": "script-src 'nonce-abc'",
            "set-cookie": "a=1",
          },
        })
        : Response.json({ ok: true }),
    RUNNING,
  );
  const page = await ask(handler, "/page");
  assertEquals([page.status, page.headers.get("set-cookie")], [422, "a=1"]);
  assertEquals(
    await page.text(),
    '<p>page</p><script type="module" src="/_fresh/alive.js" nonce="abc"></script>',
  );
  assertEquals(await (await ask(handler, "/api")).json(), { ok: true });
});

Deno.test("the stream says which server it is; another server has another id", async () => {
  const read = async () => {
    const response = await ask(withLiveReload(() => new Response(), RUNNING), "/_fresh/alive");
    const reader = (response.body ?? new ReadableStream()).getReader();
    const { value } = await reader.read();
    await reader.cancel();
    return new TextDecoder().decode(value);
  };
  const [first, second] = [await read(), await read()];
  assertMatch(first, /^retry: \d+\ndata: [\w-]{36}\n\n$/);
  assertEquals(first === second, false);
  const script = await ask(withLiveReload(() => new Response(), RUNNING), "/_fresh/alive.js");
  assertStringIncludes(await script.text(), "location.reload()");
});

Deno.test("the stream ends when the server stops", async () => {
  const stop = new AbortController();
  const handler = withLiveReload(() => new Response(), stop.signal);
  const response = await ask(handler, "/_fresh/alive");
  stop.abort();
  assertStringIncludes(await response.text(), "data: ");
});
