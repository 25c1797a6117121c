/**
 * Stands in for the package `fresh` (Fresh 2.3 core) where only the npm
 * registry can be reached. It has the documented behaviour of what this
 * application uses; every name here exists in the published package too.
 */
export { App, type FreshConfig, type ListenOptions } from "./app.ts";
export type { Context, FreshContext, ResolvedFreshConfig } from "./context.ts";
export { csp, type CSPOptions } from "./csp.ts";
export { csrf, type CsrfOptions } from "./csrf.ts";
export { createDefine, type Define } from "./define.ts";
export {
  type HandlerByMethod,
  type HandlerFn,
  type Method,
  page,
  type PageResponse,
  type RouteHandler,
} from "./route.ts";
export { HttpError } from "./http_error.ts";
export type { Middleware } from "./middleware.ts";
export type { LayoutConfig, PageProps, RouteConfig } from "./route.ts";
export { staticFiles } from "./static_files.ts";
