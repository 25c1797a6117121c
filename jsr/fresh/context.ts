/**
 * Owns `Context`, what every middleware, handler and page knows of a request.
 * `url` is parsed only when read: most API requests never need it, and parsing
 * costs more than all of the routing. Rendering itself is in page_render.ts.
 */
import { isValidElement, type JSX } from "preact";
import { cspNonces } from "./csp.ts";
import { collapseSlashes } from "./request_path.ts";
import { NO_SURROUNDINGS, renderPage, type Surroundings } from "./page_render.ts";
import type { LayoutConfig } from "./route.ts";

/** The configuration of an app after defaults. */
export interface ResolvedFreshConfig {
  /** The folder of the project. */
  root: string;
  /** Always empty: the stand-in serves from the root of the host. */
  basePath: string;
  mode: "development" | "production";
}

/** What the app knows of a request; the path is still percent-encoded. */
export type RequestFacts<State> =
  & Pick<Context<State>, "config" | "info" | "next" | "params" | "route">
  & { path: string };

/** Reads which layouts and app wrapper apply at this point of the chain. */
export let getSurroundings: <T>(ctx: Context<T>) => Surroundings<T>;
/** Replaces the layouts and app wrapper for what follows. */
export let setSurroundings: <T>(ctx: Context<T>, to: Surroundings<T>) => void;
/** The request's path without parsing its URL, still percent-encoded. */
export let getRequestPath: <T>(ctx: Context<T>) => string;

/** One request on its way through middlewares, handler and page. */
export class Context<State> {
  #url: URL | undefined;
  #path: string;
  #surroundings: Surroundings<State> = NO_SURROUNDINGS;

  /** The configuration of the app. */
  readonly config: ResolvedFreshConfig;
  /** The request as it came in. */
  req: Request;
  /** The pattern of the matched route, such as "/keys/:id"; null if none. */
  readonly route: string | null;
  /** The parameters of the matched pattern; "%2F" and its kind stay encoded. */
  readonly params: Record<string, string>;
  /** An object of this request, shared by all middlewares. */
  readonly state: State = {} as State;
  /** The error that was thrown further in, else null. */
  error: unknown | null = null;
  /** The connection: remote address, and when the answer was delivered. */
  readonly info: Deno.ServeHandlerInfo;
  /** Runs the rest of the chain and gives its answer. */
  next: () => Promise<Response>;

  static {
    getSurroundings = (ctx) => ctx.#surroundings;
    setSurroundings = (ctx, to) => {
      ctx.#surroundings = to;
    };
    getRequestPath = (ctx) => ctx.#path;
  }

  constructor(req: Request, facts: RequestFacts<State>) {
    this.req = req;
    this.#path = facts.path;
    this.info = facts.info;
    this.route = facts.route;
    this.params = facts.params;
    this.config = facts.config;
    this.next = facts.next;
  }

  /** The parsed URL of the request, duplicate slashes in its path removed. */
  get url(): URL {
    if (this.#url === undefined) {
      this.#url = new URL(this.req.url);
      this.#url.pathname = collapseSlashes(this.#url.pathname);
    }
    return this.#url;
  }

  /**
   * Answers with a redirect (302 unless told). A path never leaves the site:
   * browsers read both "//host" and "/\host" as another host, so slashes are
   * collapsed and backslashes at the start count as slashes.
   */
  redirect(pathOrUrl: string, status = 302): Response {
    const clean = withoutIgnored(pathOrUrl);
    const location = /^[/\\]/.test(clean) ? localPath(clean) : pathOrUrl;
    return new Response(null, { status, headers: { location } });
  }

  /**
   * Renders a page inside the layouts and app wrapper of the route. Throws if
   * the first argument is neither JSX nor null.
   */
  async render(
    vnode: JSX.Element | null,
    init: ResponseInit = {},
    config: LayoutConfig = {},
  ): Promise<Response> {
    if (vnode !== null && !isValidElement(vnode)) {
      throw new Error("Cannot render a non-JSX value: pass JSX or null");
    }
    const around = this.#surroundings;
    const rendered = await renderPage(this, vnode, {
      app: config.skipAppWrapper ? null : around.app,
      layouts: config.skipInheritedLayouts ? [] : around.layouts,
    });
    if (rendered instanceof Response) return rendered;
    const response = this.html(rendered.html, init);
    cspNonces.set(response, rendered.nonce);
    return response;
  }

  /** Answers with plain text. */
  text(content: string, init?: ResponseInit): Response {
    return new Response(content, init);
  }

  /** Answers with HTML that is complete already. */
  html(content: string, init?: ResponseInit): Response {
    const headers = new Headers(init?.headers);
    headers.set("Content-Type", "text/html; charset=utf-8");
    return new Response(content, { ...init, headers });
  }

  /** Answers with JSON. */
  json(content: unknown, init?: ResponseInit): Response {
    return Response.json(content, init);
  }
}

/** The former name of `Context`, which the published package still exports. */
export type FreshContext<State = unknown> = Context<State>;

/** URL parsers drop these characters wherever they stand (WHATWG URL, 4.4). */
function withoutIgnored(location: string): string {
  return location.replace(/[\t\n\r]/g, "").replace(/^[\0-\x20]+/, "");
}

function localPath(location: string): string {
  const pathEnd = location.search(/[?#]|$/);
  const path = location.slice(0, pathEnd).replace(/^[/\\]+/, "/");
  return collapseSlashes(path) + location.slice(pathEnd);
}
