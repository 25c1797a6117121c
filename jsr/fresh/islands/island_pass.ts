/**
 * Owns the islands of one document while the server renders it: which there
 * are, with which props, and which slots they have shown. Islands that belong
 * to the output of another island are rendered as plain components: that one
 * brings them along.
 */
import { type ComponentType, type FunctionComponent, h, type VNode } from "preact";
import { useContext } from "preact/hooks";
import { type IslandOrigin, originOf } from "./mark.ts";
import { Serializer } from "./serialize.ts";
import { between, InsideIsland, Slot, withSlots } from "./slot.ts";
import { scopeIds, type Wire } from "./wire.ts";

type Props = Record<string, unknown>;

/** Elements that are rendered as they are, since it was decided already. */
const settled = new WeakSet<VNode>();

/** The islands of one document. */
export class IslandPass {
  readonly #islands: { origin: IslandOrigin; props: Props }[] = [];
  readonly #slots: { content: VNode; isShown: boolean }[] = [];

  /** How many islands were rendered so far. */
  get size(): number {
    return this.#islands.length;
  }

  /** Called for every element before it is rendered: makes a host of an island. */
  prepare(vnode: VNode): void {
    const origin = originOf(vnode.type);
    if (origin === null || settled.has(vnode)) return;
    const component = vnode.type as ComponentType<Props>;
    // A component of its own, so that it may ask for the context.
    const host: FunctionComponent<Props> = (props) => {
      const isInside = useContext(InsideIsland);
      return isInside ? plain(component, props) : this.#render(component, { origin, props });
    };
    vnode.type = host as VNode["type"];
  }

  /** The content of the slots that no island has shown since the last call. */
  takeUnshown(): { id: number; content: VNode }[] {
    return this.#slots.flatMap((slot, id) => {
      if (slot.isShown) return [];
      slot.isShown = true;
      return [{ id, content: slot.content }];
    });
  }

  /** Writes all islands for the browser, with the components that they need in the order of their indexes. */
  serialize(
    build: string | null,
  ): { wire: Wire; components: IslandOrigin[]; hasSignals: boolean } {
    const serializer = new Serializer();
    const components = new Map<string, IslandOrigin>();
    const islands = this.#islands.map(({ origin, props }): [number, number] => {
      const name = `${origin.module}#${origin.exportName}`;
      components.set(name, components.get(name) ?? origin);
      const component = [...components.keys()].indexOf(name);
      return [component, serializer.add(props, `${origin.module}: props`)];
    });
    const { nodes, hasSignals } = serializer;
    return { wire: { build, islands, nodes }, components: [...components.values()], hasSignals };
  }

  #render(component: ComponentType<Props>, island: { origin: IslandOrigin; props: Props }): VNode {
    const props = withSlots(island.props, (content) => this.#makeSlot(content));
    const id = this.#islands.push({ origin: island.origin, props }) - 1;
    return between(
      { kind: "island", id },
      h(InsideIsland.Provider, { value: true }, scopeIds(plain(component, props), `i${id}`)),
    );
  }

  #makeSlot(content: VNode): VNode {
    const id = this.#slots.push({ content, isShown: false }) - 1;
    const onShown = () => {
      const slot = this.#slots[id];
      if (slot !== undefined) slot.isShown = true;
    };
    return h(Slot, { key: content.key, id, content, onShown }) as unknown as VNode;
  }
}

function plain(component: ComponentType<Props>, props: Props): VNode {
  const vnode = h(component, props) as VNode;
  settled.add(vnode);
  return vnode;
}
