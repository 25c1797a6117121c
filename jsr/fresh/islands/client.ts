/**
 * Owns starting the islands of a page in the browser: the module script at the
 * end of the document passes the components that it imported, in the order that
 * the props refer to. An island that fails leaves the others alone.
 */
import { type ComponentType, h, hydrate, type VNode } from "preact";
import { build } from "../build_id.ts";
import { MarkedDocument } from "./document_slots.ts";
import { reviver } from "./revive.ts";
import { rootBetween } from "./root_between.ts";
import { scopeIds, type Wire, WIRE_ID } from "./wire.ts";

type Props = Record<string, unknown>;

/** Hydrates all islands of the document; `signal` makes signals where props hold any. */
export function boot(
  components: ComponentType<Props>[],
  signal: (value: unknown) => unknown = (value) => value,
): void {
  const { build: buildId, islands, nodes }: Wire = JSON.parse(
    document.getElementById(WIRE_ID)?.textContent ?? "",
  );
  build.id = buildId;
  const makeIsland = (id: number): VNode => {
    const [component, props] = islands[id] ?? [-1, -1];
    return scopeIds(h(components[component] ?? "span", valueAt(props) as Props), `i${id}`);
  };
  const marked = new MarkedDocument(makeIsland);
  const valueAt = reviver(nodes, { signal, slot: (id) => marked.slot(id) });
  // All of them first: reading a slot tells which islands are part of another.
  const vnodes = islands.map((_, id) => makeIsland(id));
  marked.removeInnerMarks();
  for (const [id, vnode] of vnodes.entries()) {
    const range = marked.rangeOf(id);
    if (range === null) continue;
    try {
      hydrate(vnode, rootBetween(range));
    } catch (error) {
      reportError(error);
    }
  }
}
