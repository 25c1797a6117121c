/**
 * Owns `createDefine()`: functions that return what they are given and exist
 * only so that the compiler knows the types of contexts, data and props.
 */
import type { AnyComponent } from "preact";
import type { HandlerByMethod, HandlerFn, RouteHandler } from "./route.ts";
import type { Middleware } from "./middleware.ts";
import type { PageProps } from "./route.ts";

/** Typed identity functions for one application's state. */
export interface Define<State> {
  /** Types a route's handler, or its object of handlers per method. */
  handlers<
    Data,
    Handlers extends RouteHandler<Data, State> = RouteHandler<Data, State>,
  >(handlers: Handlers): typeof handlers;
  /** Types a page component; give it `typeof handler` to type `props.data`. */
  page<
    Handler extends RouteHandler<unknown, State> = never,
    Data = Handler extends HandlerFn<infer Data, State> ? Data
      : Handler extends HandlerByMethod<infer Data, State> ? Data
      : never,
  >(render: AnyComponent<PageProps<Data, State>>): typeof render;
  /** Types a middleware, or a list of middlewares. */
  middleware<M extends Middleware<State> | Middleware<State>[]>(
    middleware: M,
  ): typeof middleware;
  /** Types a layout component. */
  layout(render: AnyComponent<PageProps<unknown, State>>): typeof render;
}

/** Creates the typed helpers for an application whose contexts carry `State`. */
export function createDefine<State>(): Define<State> {
  return {
    handlers: (handlers) => handlers,
    page: (render) => render,
    middleware: (middleware) => middleware,
    layout: (render) => render,
  };
}
