/**
 * Owns which middlewares, layouts and error pages apply to a route. Paths form
 * a tree of segments: what is attached to a segment holds for all below it. A
 * thrown error is met by each segment on its way out: a 404 becomes the app's
 * not-found page at the innermost, before any middleware further out sees it.
 */
import { getSurroundings, setSurroundings } from "./context.ts";
import { HttpError } from "./http_error.ts";
import type { Middleware } from "./middleware.ts";
import { NO_SURROUNDINGS, type Surroundings } from "./page_render.ts";
import type { LayoutConfig, Route, RouteComponent } from "./route.ts";
import { answerRoute } from "./route_response.ts";

/** What was attached to one segment of the path so far. */
export class Segment<State> {
  readonly children: Map<string, Segment<State>> = new Map();
  readonly middlewares: Middleware<State>[] = [];
  app: RouteComponent<State> | null = null;
  layout: RouteComponent<State> | null = null;
  layoutConfig: LayoutConfig = {};
  errorRoute: Route<State> | null = null;

  constructor(readonly parent: Segment<State> | null) {}

  /**
   * The segment that a pattern names, made if it is new. With `ofFolder` the
   * pattern is taken for a file: "/a/b" and "/a/" both mean the folder "/a".
   */
  at(pattern: string, { ofFolder = false } = {}): Segment<State> {
    if (pattern === "*" || pattern === "/*") return this;
    // Optional parts ("{/:lang}?") do not separate a route from its folder.
    const parts = pattern.replace(/\{[^}]*\}\??/g, "").split("/");
    if (parts[0] === "") parts.shift();
    if (ofFolder || parts.at(-1) === "") parts.pop();
    return parts.reduce<Segment<State>>((parent, part) => {
      const child = parent.children.get(part) ?? new Segment(parent);
      parent.children.set(part, child);
      return child;
    }, this);
  }

  /**
   * The middlewares that apply here as things stand now, from the root on,
   * with a frame around each segment that needs one.
   */
  chain(notFound: Middleware<State> | null): Middleware<State>[] {
    const chain: Middleware<State>[] = [];
    let outer: Surroundings<State> = NO_SURROUNDINGS;
    for (const it of this.#lineage()) {
      const inner = it.#surroundings(outer);
      const { errorRoute, middlewares } = it;
      // With no middlewares between, the frame of a child sees errors first.
      const meetsErrors = it === this || middlewares.length > 0;
      if (
        inner !== outer || errorRoute !== null ||
        notFound !== null && meetsErrors
      ) chain.push(frame(inner, { errorRoute, notFound }));
      chain.push(...middlewares);
      outer = inner;
    }
    return chain;
  }

  #lineage(): Segment<State>[] {
    return [...this.parent === null ? [] : this.parent.#lineage(), this];
  }

  #surroundings(outer: Surroundings<State>): Surroundings<State> {
    const { app, layout, layoutConfig: config } = this;
    if (app === null && layout === null) return outer;
    const inherited = config.skipInheritedLayouts ? [] : outer.layouts;
    return {
      app: config.skipAppWrapper ? null : app ?? outer.app,
      layouts: layout === null ? inherited : [...inherited, layout],
    };
  }
}

function frame<State>(
  inner: Surroundings<State>,
  on: { errorRoute: Route<State> | null; notFound: Middleware<State> | null },
): Middleware<State> {
  return async (ctx) => {
    const outer = getSurroundings(ctx);
    setSurroundings(ctx, inner);
    try {
      return await ctx.next();
    } catch (error) {
      ctx.error = error;
      const status = error instanceof HttpError ? error.status : 500;
      if (on.notFound !== null && status === 404) return await on.notFound(ctx);
      if (on.errorRoute === null) throw error;
      return await answerRoute(ctx, on.errorRoute, status);
    } finally {
      setSurroundings(ctx, outer);
    }
  };
}
