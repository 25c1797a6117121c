/**
 * Owns what a document with islands gets besides their HTML: hints to load the
 * scripts early, slots that nothing has shown yet, the props as JSON, and one
 * module script that starts it all. Without islands a document gets nothing.
 */
import { renderToString } from "preact-render-to-string";
import { build as buildId } from "../build_id.ts";
import type { Build } from "./build.ts";
import type { IslandPass } from "./island_pass.ts";
import type { IslandOrigin } from "./mark.ts";
import { templateId, WIRE_ID } from "./wire.ts";

const FOLDER = "jsr/fresh/islands/";

/** Adds to the HTML of a whole document what its islands need; call it inside the document's render pass. */
export function addIslands(
  html: string,
  { islands, build, nonce }: { islands: IslandPass; build: Build | null; nonce: string },
): string {
  if (build === null || islands.size === 0) return html;
  const { head, body } = islandParts(islands, { scripts: build.manifest.scripts, nonce });
  return insertBefore(insertBefore(html, "</head>", head), "</body>", body);
}

function islandParts(
  islands: IslandPass,
  { scripts, nonce }: { scripts: Record<string, string[]>; nonce: string },
): { head: string; body: string } {
  const templates = renderUnshown(islands);
  const { wire, components, hasSignals } = islands.serialize(buildId.id);
  const runtime = urlsOf("client.ts", scripts);
  const signals = hasSignals ? urlsOf("signals.ts", scripts) : [];
  const modules = components.map((it) => urlsOf(it, scripts));
  const lines = [
    `import{boot}from"${runtime[0]}";`,
    ...hasSignals ? [`import{signals}from"${signals[0]}";`] : [],
    ...modules.map((urls, i) => `import{${components[i]?.exportName} as c${i}}from"${urls[0]}";`),
    `boot([${modules.map((_, i) => `c${i}`)}]${hasSignals ? ",signals" : ""})`,
  ];
  const links = [...new Set([runtime, signals, ...modules].flat())].map((href) =>
    `<link rel="modulepreload" href="${href}" nonce="${nonce}">`
  );
  const json = JSON.stringify(wire).replaceAll("<", "\\u003c");
  const state = `<script type="application/json" id="${WIRE_ID}">${json}</script>`;
  const script = `<script type="module" nonce="${nonce}">${lines.join("")}</script>`;
  return { head: links.join(""), body: templates + state + script };
}

/** A slot may bring islands with slots of their own, so this goes on until nothing is left. */
function renderUnshown(islands: IslandPass): string {
  let html = "";
  for (let slots = islands.takeUnshown(); slots.length > 0; slots = islands.takeUnshown()) {
    for (const { id, content } of slots) {
      // As a string: an element of this name could be taken for one of the head.
      html += `<template id="${templateId(id)}">${renderToString(content)}</template>`;
    }
  }
  return html;
}

function urlsOf(of: IslandOrigin | string, scripts: Record<string, string[]>): string[] {
  const entry = typeof of === "string" ? FOLDER + of : of.module;
  const urls = scripts[entry];
  if (urls !== undefined) return urls;
  throw new Error(`"${entry}" is not part of the build: run "deno task build"`);
}

/** Before the first end of the head, or the last of the body; at the end where there is no such tag. */
function insertBefore(html: string, tag: "</head>" | "</body>", added: string): string {
  const at = tag === "</head>" ? html.indexOf(tag) : html.lastIndexOf(tag);
  return at === -1 ? html + added : html.slice(0, at) + added + html.slice(at);
}
