/**
 * Reloads open pages when the server starts anew, while one develops. A page gets one script more, which listens to a
 * stream of this server; the stream ends with the server and comes back with another id. No page and no other code
 * knows of it.
 */

type Handler = (
  req: Request,
  info: Deno.ServeHandlerInfo<Deno.NetAddr>,
) => Response | Promise<Response>;

const STREAM_PATH = "/_fresh/alive";
const SCRIPT_PATH = "/_fresh/alive.js";
const RETRY_MS = 300;

const SCRIPT = `let known = null;
new EventSource("${STREAM_PATH}").addEventListener("message", ({ data }) => {
  if (known !== null && known !== data) location.reload();
  known = data;
});
`;

/** Adds live reload to a handler; `stopped` ends the streams, as a server that stops waits for them. */
export function withLiveReload(
  handler: Handler,
  stopped: AbortSignal,
): (...args: Parameters<Handler>) => Promise<Response> {
  const id = crypto.randomUUID();
  return async (req, info) => {
    const { pathname } = new URL(req.url);
    if (pathname === STREAM_PATH) return openStream(id, stopped);
    if (pathname === SCRIPT_PATH) {
      return new Response(SCRIPT, { headers: { "content-type": "text/javascript" } });
    }
    return await withScript(await handler(req, info));
  };
}

function openStream(id: string, stopped: AbortSignal): Response {
  const hello = new TextEncoder().encode(`retry: ${RETRY_MS}\ndata: ${id}\n\n`);
  const ended = new AbortController();
  const body = new ReadableStream({
    start: (controller) => {
      controller.enqueue(hello);
      stopped.addEventListener("abort", () => controller.close(), { signal: ended.signal });
    },
    cancel: () => ended.abort(),
  });
  return new Response(body, {
    headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
  });
}

async function withScript(response: Response): Promise<Response> {
  const isPage = response.headers.get("content-type")?.startsWith("text/html");
  if (!isPage || response.body === null) return response;
  // The page's policy may allow scripts by nonce alone.
  const policy = response.headers.get("content-security-policy") ?? "";
  const [, nonce = ""] = /'nonce-([^']+)'/.exec(policy) ?? [];
  const html = await response.text();
  const script = `<script type="module" src="${SCRIPT_PATH}" nonce="${nonce}"></script>`;
  const headers = new Headers(response.headers);
  headers.delete("content-length");
  return new Response(html + script, { status: response.status, headers });
}
