/**
 * A proxy that breaks the promise on purpose, so that the oracle can be shown to notice: it hands Meta a message twice,
 * as a runtime does that repeats a request on its own, or tells a client of a message that is not its own.
 */
import { Agent, type Dispatcher } from "undici";

/** What is done wrong on purpose. A lost row is made in the database and needs no proxy. */
export type Meddling = "double_send" | "wrong_answer" | "lost_row";

/** One request in so many is tampered with. */
const ONE_IN = 10;

/** Starts the proxy on a free port; the target is asked for anew at each request. */
export function startMeddler(
  target: () => string,
  meddling: Meddling,
): { url: string } & AsyncDisposable {
  const agent = new Agent();
  let count = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (req) => {
    const { pathname, search } = new URL(req.url);
    const request: Dispatcher.RequestOptions = {
      origin: target(),
      path: pathname + search,
      method: req.method as Dispatcher.HttpMethod,
      headers: forwardable(req.headers),
      body: req.body === null ? null : await req.text(),
    };
    const meddles = req.method === "POST" && ++count % ONE_IN === 0;
    if (meddles && meddling === "double_send") await (await agent.request(request)).body.dump();
    const answer = await agent.request(request);
    const text = await answer.body.text();
    const isLie = meddles && meddling === "wrong_answer" && answer.statusCode === 201;
    return new Response(isLie ? withAnotherWamid(text) : text, {
      status: answer.statusCode,
      headers: { "content-type": "application/json" },
    });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: async () => {
      await server.shutdown();
      await agent.destroy();
    },
  };
}

function forwardable(headers: Headers): Record<string, string> {
  const names = ["authorization", "content-type", "idempotency-key"];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
}

function withAnotherWamid(text: string): string {
  const answer = JSON.parse(text);
  answer.data.whatsapp_message_id = "wamid.SOMEBODYELSES";
  return JSON.stringify(answer);
}
