/**
 * Owns slots: JSX that a page passes to an island, as children or in another
 * prop. The server renders it in place between two comments; the browser takes
 * it over from the document, since the components that made it stay behind.
 */
import type { ComponentChildren, Context, VNode } from "preact";
import { createContext, Fragment, h, isValidElement } from "preact";
import { jsxTemplate } from "preact/jsx-runtime";
import { closeMark, openMark, scopeIds } from "./wire.ts";

/** Whether what is rendered belongs to an island, which hydrates all of it. */
export const InsideIsland: Context<boolean> = createContext(false);

/** What stands between two comments, and its number on the page. */
export interface Mark {
  kind: "island" | "slot";
  id: number;
}

/** What a slot knows: its number on the page, its content, whom to tell. */
export interface SlotProps {
  id: number;
  content: VNode;
  onShown: (id: number) => void;
}

/** Stands for JSX in the props of an island while the server renders it. */
export function Slot({ id, content, onShown }: SlotProps): VNode {
  onShown(id);
  const outside = scopeIds(h(InsideIsland.Provider, { value: false }, content), `s${id}`);
  return between({ kind: "slot", id }, outside);
}

/** Puts content between the comments by which the browser finds it again. */
export function between({ kind, id }: Mark, content: ComponentChildren): VNode {
  const comment = (text: string) => jsxTemplate([`<!--${text}-->`]);
  return h(Fragment, null, comment(openMark(kind, id)), content, comment(closeMark(kind, id)));
}

/** Whether a value is JSX. Signals and objects without a prototype pass for it at a glance. */
export function isJsx(value: unknown): value is VNode {
  return isValidElement(value) && Object.hasOwn(value, "constructor");
}

/**
 * Gives props with a slot in place of each piece of JSX, however deep in arrays
 * and plain objects; what holds none stays itself.
 */
export function withSlots(
  props: Record<string, unknown>,
  makeSlot: (content: VNode) => VNode,
): Record<string, unknown> {
  const entered = new Set<unknown>();
  const replace = (value: unknown): unknown => {
    if (isJsx(value)) return makeSlot(value);
    if (typeof value !== "object" || value === null || entered.has(value)) return value;
    entered.add(value);
    if (Array.isArray(value)) {
      const items = value.map(replace);
      return items.some((it, i) => it !== value[i]) ? items : value;
    }
    return Object.getPrototypeOf(value) === Object.prototype ? replaceEntries(value) : value;
  };
  const replaceEntries = <T extends object>(object: T): T => {
    const before = Object.entries(object);
    const after = before.map(([name, it]) => [name, replace(it)] as const);
    const isSame = after.every(([, it], i) => Object.is(it, before[i]?.[1]));
    return isSame ? object : Object.fromEntries(after) as T;
  };
  return replaceEntries(props);
}
