/**
 * Stands in for `fresh/runtime`: what components may import, on the server and
 * in the browser alike. It must never import server-only modules. On the
 * server, render_pass.ts moves what is inside `Head` to the document's head.
 */
import { type ComponentChildren, h } from "preact";
import { ASSET_KEY, build } from "./build_id.ts";
import { HeadContext } from "./head_context.ts";

/** Whether the code runs in a browser. */
export const IS_BROWSER: boolean = typeof document !== "undefined";

/** Puts titles, meta tags, links, scripts and styles into the document's head, where they stay. */
export function Head(props: { children?: ComponentChildren }): ComponentChildren {
  return IS_BROWSER ? null : h(HeadContext.Provider, { value: true }, props.children);
}

/**
 * The URL of a static file with the build's id, so that it can be cached for a
 * year. Paths of other hosts, and any path while no build is known, stay as
 * they are.
 */
export function asset(path: string): string {
  if (build.id === null || !path.startsWith("/")) return path;
  const url = new URL(path, "http://asset.invalid");
  if (url.host !== "asset.invalid" || url.searchParams.has(ASSET_KEY)) {
    return path;
  }
  url.searchParams.set(ASSET_KEY, build.id);
  return url.pathname + url.search + url.hash;
}
