/**
 * Owns `App`: registering middlewares, routes, layouts and error pages, and
 * making one handler of them. Items apply from top to bottom: a route has the
 * middlewares and layouts that were registered before it. What happens to a
 * request is in app_handler.ts.
 */
import { type AppHandler, makeAppHandler } from "./app_handler.ts";
import type { ResolvedFreshConfig } from "./context.ts";
import { ALL_METHODS, type Method } from "./route.ts";
import { composeMiddlewares, type Middleware } from "./middleware.ts";
import { answerRoute, completeRoute, methodsOf } from "./route_response.ts";
import { RouteTable } from "./route_table.ts";
import type { LayoutConfig, Route, RouteComponent } from "./route.ts";
import { Segment } from "./segments.ts";
import { projectRoot } from "./islands/build.ts";

/** What an app can be configured with: the mode is "production" unless told, the root this project. */
export type FreshConfig = Partial<Pick<ResolvedFreshConfig, "mode" | "root">>;

/** Options of `App.listen()`. */
export type ListenOptions = Partial<Deno.ServeTcpOptions & Deno.TlsCertifiedKeyPem>;

/** What is built up while the handler is made. */
interface Plan<State> {
  root: Segment<State>;
  table: RouteTable<Middleware<State>>;
}

type Answerer<State> = Route<State> | Middleware<State>;
type Verb<State, Self> = (path: string, ...fns: Middleware<State>[]) => Self;

/** A web application: give `handler()` to `Deno.serve`, or call `listen()`. */
export class App<State> {
  #registrations: ((plan: Plan<State>) => void)[] = [];
  #notFound: Middleware<State> | null = null;

  /** The configuration after defaults. */
  config: ResolvedFreshConfig;

  constructor(config: FreshConfig = {}) {
    const { mode = "production", root = projectRoot() } = config;
    this.config = { root, basePath: "", mode };
  }

  /** Adds middlewares to all that is registered later below a path. */
  use(...middlewares: Middleware<State>[]): this;
  use(path: string, ...middlewares: Middleware<State>[]): this;
  use(first?: string | Middleware<State>, ...rest: Middleware<State>[]): this {
    const path = typeof first === "string" ? first : "*";
    const added = typeof first === "function" ? [first, ...rest] : rest;
    return this.#register(({ root }) => {
      root.at(path).middlewares.push(...added);
    });
  }

  /** Answers every 404, wherever it comes from. The last one counts. */
  notFound(routeOrMiddleware: Answerer<State>): this {
    const route = toRoute(routeOrMiddleware);
    this.#notFound = (ctx) => answerRoute(ctx, route);
    return this;
  }

  /** Answers errors thrown below a path; `ctx.error` holds the error. */
  onError(path: string, routeOrMiddleware: Answerer<State>): this {
    const route = toRoute(routeOrMiddleware);
    return this.#register(({ root }) => {
      root.at(path).errorRoute = route;
    });
  }

  /** Sets the component around all pages, usually `<html>` to `<body>`. */
  appWrapper(component: RouteComponent<State>): this {
    return this.#register(({ root }) => {
      root.app = component;
    });
  }

  /** Sets the component around the pages below a path. */
  layout(path: string, component: RouteComponent<State>, layoutConfig: LayoutConfig = {}): this {
    return this.#register(({ root }) => {
      Object.assign(root.at(path), { layout: component, layoutConfig });
    });
  }

  /** Adds a route with a handler, a page component or both. */
  route(path: string, route: Route<State>): this {
    const complete = completeRoute(route);
    return this.#registerChain(path, {
      methods: methodsOf(complete),
      middlewares: [(ctx) => answerRoute(ctx, complete)],
      pattern: route.config?.routeOverride ?? path,
    });
  }

  /** Answers GET requests, and HEAD requests unless there is a `head()`. */
  get: Verb<State, this> = this.#verb(["GET"]);
  /** Answers POST requests. */
  post: Verb<State, this> = this.#verb(["POST"]);
  /** Answers PATCH requests. */
  patch: Verb<State, this> = this.#verb(["PATCH"]);
  /** Answers PUT requests. */
  put: Verb<State, this> = this.#verb(["PUT"]);
  /** Answers DELETE requests. */
  delete: Verb<State, this> = this.#verb(["DELETE"]);
  /** Answers HEAD requests. */
  head: Verb<State, this> = this.#verb(["HEAD"]);
  /** Answers requests of every method. */
  all: Verb<State, this> = this.#verb(ALL_METHODS);

  /** Makes the function that answers requests, for `Deno.serve` and tests. */
  handler(): AppHandler {
    const root = new Segment<State>(null);
    const table = new RouteTable<Middleware<State>>();
    for (const register of this.#registrations) register({ root, table });
    const unmatched = composeMiddlewares(root.chain(this.#notFound));
    return makeAppHandler({ config: this.config, table, unmatched });
  }

  /**
   * Starts a server; without a port it takes the first free one from 8000 to
   * 8019. Throws `Deno.errors.AddrInUse` if there is none.
   */
  async listen(options: ListenOptions = {}): Promise<void> {
    const handler = this.handler();
    const lastPort = options.port ?? 8019;
    for (let port = options.port ?? 8000;; port++) {
      try {
        await Deno.serve({ ...options, port }, handler);
        return;
      } catch (error) {
        const isTaken = error instanceof Deno.errors.AddrInUse;
        if (!isTaken || port === lastPort) throw error;
      }
    }
  }

  #register(registration: (plan: Plan<State>) => void): this {
    this.#registrations.push(registration);
    return this;
  }

  #verb(methods: readonly Method[]): Verb<State, this> {
    return (path, ...middlewares) =>
      this.#registerChain(path, { methods, middlewares, pattern: path });
  }

  #registerChain(path: string, options: {
    methods: readonly Method[];
    middlewares: Middleware<State>[];
    pattern: string;
  }): this {
    const { methods, middlewares, pattern } = options;
    return this.#register(({ root, table }) => {
      const around = root.at(path, { ofFolder: true }).chain(this.#notFound);
      const chain = composeMiddlewares([...around, ...middlewares]);
      for (const method of methods) {
        table.add(method, pattern === "*" ? "/*" : pattern, chain);
      }
    });
  }
}

function toRoute<State>(answerer: Answerer<State>): Route<State> {
  const isHandler = typeof answerer === "function";
  return completeRoute(isHandler ? { handler: answerer } : answerer);
}
