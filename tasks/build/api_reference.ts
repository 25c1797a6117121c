/**
 * The script that draws the API reference, Scalar's. Its own package drags in some 280 others that the finished script
 * has no use for; the plugin for Fastify carries the same script whole, with fourteen small ones. So the plugin is asked
 * for it as Fastify would ask: it registers its routes, and one of them answers with the script.
 */
import plugin from "@scalar/fastify-api-reference";

/** The part of Fastify that the plugin uses when it is given the URL of a document. */
interface Route {
  url: string;
  handler(request: null, reply: Reply): unknown;
}
interface Reply {
  header(name: string, value: string): Reply;
  send(body: string): void;
}
interface Fastify {
  route(route: Route): void;
}
type Plugin = (fastify: Fastify, options: unknown, next: () => void) => void;

const PREFIX = "/reference";

/** The script's text. Throws when the plugin does not offer it where its documentation says. */
export function readApiReferenceScript(): string {
  const routes = new Map<string, Route>();
  const fastify: Fastify = { route: (route) => routes.set(route.url, route) };
  // Its types speak of Fastify's, which are not installed.
  const register = plugin as unknown as Plugin;
  const options = { routePrefix: PREFIX, configuration: { url: "/openapi.json" } };
  register(fastify, options, () => {});
  let script = "";
  const reply: Reply = { header: () => reply, send: (body) => script = body };
  routes.get(`${PREFIX}/js/scalar.js`)?.handler(null, reply);
  if (!script.includes("createApiReference")) {
    throw new Error("@scalar/fastify-api-reference has no script at /js/scalar.js any more");
  }
  return script;
}
