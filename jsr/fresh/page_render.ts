/**
 * Owns turning a page into a document: page, then layouts from the inside out,
 * then the app wrapper. The page is rendered before the wrapper although it
 * stands inside it, because its `<Head>` decides what the wrapper's head holds.
 */
import { type ComponentChildren, type ComponentType, Fragment, h, type VNode } from "preact";
import { jsxTemplate } from "preact/jsx-runtime";
import { renderToString } from "preact-render-to-string";
import type { Context } from "./context.ts";
import { type Build, currentBuild } from "./islands/build.ts";
import { addIslands } from "./islands/document.ts";
import { RenderPass } from "./render_pass.ts";
import type { AsyncAnyComponent, PageProps, RouteComponent } from "./route.ts";

/** What surrounds a page: layouts from the outermost to the innermost. */
export interface Surroundings<State> {
  readonly app: RouteComponent<State> | null;
  readonly layouts: readonly RouteComponent<State>[];
}

/** Neither layouts nor an app wrapper. */
export const NO_SURROUNDINGS = { app: null, layouts: [] } as const;

/**
 * Renders a page with what surrounds it, and gives the document and the nonce
 * of its scripts. An async layout or app wrapper may answer with a `Response`
 * instead, which then is the result.
 */
export async function renderPage<State>(
  ctx: Context<State>,
  page: VNode | null,
  around: Surroundings<State>,
): Promise<{ html: string; nonce: string } | Response> {
  const build = await currentBuild(ctx.config.root);
  let tree = page;
  for (const layout of around.layouts.toReversed()) {
    const inner = tree;
    const own = { Component: () => inner };
    const rendered = await startComponent(ctx, layout, own);
    if (rendered instanceof Response) return rendered;
    tree = rendered;
  }
  if (around.app === null) return renderDocument(tree, { build, wrap: null });

  let inner: ComponentChildren = tree;
  const own = { Component: () => inner };
  const wrapper = await startComponent(ctx, around.app, own);
  if (wrapper instanceof Response) return wrapper;
  const wrap = (pageHtml: string) => {
    inner = jsxTemplate([pageHtml]);
    return wrapper;
  };
  return renderDocument(tree, { build, wrap });
}

/**
 * Begins to render a page, layout or app wrapper: async components run now,
 * others when the whole tree is rendered.
 */
export async function startComponent<State>(
  ctx: Context<State>,
  component: RouteComponent<State>,
  own: { Component: PageProps["Component"]; data?: unknown },
): Promise<VNode | Response | null> {
  const { config, error, info, params, req, route, state, url } = ctx;
  const page = { config, error, info, params, req, route, state, url };
  const props: PageProps<unknown, State> = { data: null, ...own, ...page };
  if (isAsyncComponent(component)) return await component(props);
  // The props are bound here, so the element no longer asks for any.
  return h(component as ComponentType, props as Record<string, unknown>);
}

/** Only functions written with `async` count, as only those can be awaited. */
function isAsyncComponent<State>(
  component: RouteComponent<State>,
): component is AsyncAnyComponent<PageProps<unknown, State>> {
  return component.constructor.name === "AsyncFunction";
}

function renderDocument(
  page: VNode | null,
  { build, wrap }: { build: Build | null; wrap: ((pageHtml: string) => VNode | null) | null },
): { html: string; nonce: string } {
  const pass = new RenderPass();
  return pass.run(() => {
    let html = renderToString(page ?? h(Fragment, null));
    if (wrap !== null) html = renderToString(wrap(html) ?? h(Fragment, null));
    // Outer tags that nothing rendered are added, so that every answer is a
    // whole document.
    if (!pass.seen.has("html")) {
      let rest: VNode = jsxTemplate([html]);
      if (!pass.seen.has("body")) rest = h("body", null, rest);
      const head = pass.seen.has("head") ? null : h("head", null, h("meta", { charset: "utf-8" }));
      html = renderToString(h("html", null, head, rest));
    }
    const { islands, nonce } = pass;
    return { html: `<!DOCTYPE html>${addIslands(html, { islands, build, nonce })}`, nonce };
  });
}
