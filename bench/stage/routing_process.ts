/**
 * For measuring the stand-in of Fresh by itself: forty routes behind one asynchronous middleware, or a bare `Deno.serve`
 * that answers the same JSON. Prints its port.
 */
// deno-lint-ignore-file no-console -- its port goes to the process that has started it
import { App } from "fresh";

const ROUTES = 40;

if (import.meta.main) {
  const handler = Deno.env.get("KIND") === "fresh" ? freshHandler() : bareHandler;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handler);
  console.log(server.addr.port);
}

function bareHandler(): Response {
  return Response.json({ id: "42" });
}

function freshHandler(): (req: Request) => Promise<Response> {
  const app = new App<{ startedAt: number }>();
  app.use(async (ctx) => {
    ctx.state.startedAt = performance.now();
    return await ctx.next();
  });
  for (let index = 0; index < ROUTES; index++) {
    app.get(`/api/things${index}/:id`, (ctx) => ctx.json({ id: ctx.params.id }));
  }
  return app.handler();
}
