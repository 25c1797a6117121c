/**
 * Owns what a route is made of: the types of handlers and of the components
 * that show data (pages, layouts, the app wrapper), and `page()`, by which a
 * handler hands data to its page. Answering with a route is the work of
 * route_response.ts.
 */
import type { AnyComponent, FunctionComponent, VNode } from "preact";
import type { Context } from "./context.ts";

/** The HTTP methods a route can be registered for, in the order of `Allow`. */
// deno-fmt-ignore: one per line says no more.
export const ALL_METHODS = [
  "GET", "DELETE", "HEAD", "OPTIONS", "PATCH", "POST", "PUT",
] as const;

/** One of the HTTP methods a route can be registered for. */
export type Method = typeof ALL_METHODS[number];

/** The status and headers of a rendered page: 200 and HTML unless told. */
export interface PageInit {
  headers?: HeadersInit;
  status?: number;
}

/** Data for the page component, with the status and headers of the answer. */
export interface PageResponse<T> extends PageInit {
  /** What the page component receives as `props.data`. */
  data: T;
}

/** Answers one request: with a `Response`, or with data for the page component. */
export interface HandlerFn<Data, State> {
  (ctx: Context<State>):
    | Response
    | PageResponse<Data>
    | Promise<Response | PageResponse<Data>>;
}

/** One handler per HTTP method. Other methods are answered with 405. */
export type HandlerByMethod<Data, State> = {
  [M in Method]?: HandlerFn<Data, State>;
};

/** A handler for every method, or an object with one per method. */
export type RouteHandler<Data, State> =
  | HandlerFn<Data, State>
  | HandlerByMethod<Data, State>;

/** Makes the value a handler returns to have its page component rendered. */
export function page<T>(data: T, options?: PageInit): PageResponse<T>;
export function page(): PageResponse<undefined>;
export function page<T>(
  data?: T,
  options?: PageInit,
): PageResponse<T | undefined> {
  return { data, ...options };
}

/** What pages, layouts and the app wrapper receive as props. */
export type PageProps<Data = unknown, T = unknown> =
  & Pick<
    Context<T>,
    "config" | "url" | "req" | "params" | "info" | "state" | "error" | "route"
  >
  & {
    /** What a layout or the app wrapper surrounds. */
    Component: FunctionComponent;
    /** What the route's handler passed to `page()`. */
    data: Data;
  };

/** A component that loads data first; a `Response` replaces the whole page. */
export type AsyncAnyComponent<P> = (
  ...args: Parameters<FunctionComponent<P>>
) => Promise<VNode | Response | null>;

/** A page, layout or app wrapper. */
export type RouteComponent<State> =
  | AsyncAnyComponent<PageProps<unknown, State>>
  | AnyComponent<PageProps<unknown, State>>;

/** How a layout, or one call of `ctx.render()`, treats what surrounds it. */
export interface LayoutConfig {
  /** Drops the layouts of the folders above. */
  skipInheritedLayouts?: boolean;
  /** Drops the app wrapper. */
  skipAppWrapper?: boolean;
}

/** What a route module may export as `config`. */
export interface RouteConfig extends LayoutConfig {
  /** A URL pattern that replaces the one the route was registered with. */
  routeOverride?: string;
}

/** A route: a handler, a page component, or both. */
export interface Route<State> {
  /** Rendered when the handler returns data, or when there is no handler. */
  component?: RouteComponent<State>;
  config?: RouteConfig;
  handler?: RouteHandler<unknown, State>;
}
