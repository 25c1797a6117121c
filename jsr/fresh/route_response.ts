/**
 * Owns answering a request with a route: calling its handler and, if that
 * returns data, rendering its page component. Which layouts surround the page
 * was settled before, in segments.ts.
 */
import { type Context, getSurroundings, setSurroundings } from "./context.ts";
import { ALL_METHODS, type HandlerByMethod, type HandlerFn, type Method } from "./route.ts";
import { HttpError } from "./http_error.ts";
import { startComponent } from "./page_render.ts";
import type { Route } from "./route.ts";

/**
 * The route with a handler in any case: one that only renders the page where
 * there is a component, and one that answers 404 where there is nothing.
 */
export function completeRoute<State>(route: Route<State>): Route<State> {
  const { handler, component } = route;
  if (handler === undefined) {
    return { ...route, handler: component ? renderOnly : throwNotFound };
  }
  if (typeof handler === "function" || !component || handler.GET) return route;
  return { ...route, handler: { ...handler, GET: renderOnly } };
}

/** The methods for which a completed route is registered. */
export function methodsOf<State>({ handler }: Route<State>): readonly Method[] {
  if (typeof handler !== "object") return ALL_METHODS;
  return Object.keys(handler) as Method[];
}

/** Answers with a completed route; `status` is that of a page without its own. */
export async function answerRoute<State>(
  ctx: Context<State>,
  route: Route<State>,
  status = 200,
): Promise<Response> {
  const outer = getSurroundings(ctx);
  const { skipAppWrapper, skipInheritedLayouts } = route.config ?? {};
  if (skipAppWrapper || skipInheritedLayouts) {
    setSurroundings(ctx, {
      app: skipAppWrapper ? null : outer.app,
      layouts: skipInheritedLayouts ? [] : outer.layouts,
    });
  }
  try {
    const handle = handlerFor(route, ctx.req.method.toUpperCase());
    const result = handle === null ? await ctx.next() : await handle(ctx);
    if (result instanceof Response) return result;
    let page = null;
    if (route.component !== undefined) {
      const own = { Component: () => null, data: result.data };
      const rendered = await startComponent(ctx, route.component, own);
      if (rendered instanceof Response) return rendered;
      page = rendered;
    }
    const headers = new Headers(result.headers);
    return await ctx.render(page, { status: result.status ?? status, headers });
  } finally {
    setSurroundings(ctx, outer);
  }
}

function handlerFor<State>(
  { handler }: Route<State>,
  method: string,
): HandlerFn<unknown, State> | null {
  if (typeof handler !== "object") return handler ?? null;
  const own = handler[method as keyof HandlerByMethod<unknown, State>];
  return own ?? (method === "HEAD" ? handler.GET : undefined) ?? null;
}

function renderOnly(): { data: Record<string, never> } {
  return { data: {} };
}

function throwNotFound(): never {
  throw new HttpError(404);
}
