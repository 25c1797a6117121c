/**
 * Owns the form in which islands and their props travel inside the page, known
 * to server and browser. A value is the index of a node, or a negative number
 * for what JSON lacks; a node is a primitive, `[index, ...]` for an array,
 * `{ name: index }` for an object, or `[tag, ...]`. Nodes refer to each other
 * by index, so identity and cycles survive.
 */

/** What JSON cannot write, by its negative index. */
// deno-fmt-ignore: a table in the order of the indexes.
export const SPECIALS: ReadonlyArray<readonly [index: number, value: unknown]> = [
  [-1, undefined], [-2, NaN], [-3, Infinity], [-4, -Infinity], [-5, -0],
];

/** What one page hands to the browser. */
export interface Wire {
  /** The id of the build, for `asset()`. */
  build: string | null;
  /** One entry for each island: index of its component, index of its props. */
  islands: [component: number, props: number][];
  nodes: unknown[];
}

/** The id of the element that holds the wire. */
export const WIRE_ID = "fresh-state";

/** The comment before an island or a slot. */
export function openMark(kind: "island" | "slot", id: number): string {
  return `fresh:${kind}:${id}`;
}

/** The comment after it. */
export function closeMark(kind: "island" | "slot", id: number): string {
  return `/fresh:${kind}:${id}`;
}

/** The id of the template that holds a slot which its island did not show. */
export function templateId(slot: number): string {
  return `fresh-slot-${slot}`;
}

/**
 * Makes `useId()` count anew below an element, so that it gives the same ids in
 * the browser. Preact looks for the nearest element with this mangled property.
 */
export function scopeIds<T extends object>(vnode: T, scope: string): T {
  return Object.assign(vnode, { __m: [scope, 0] });
}
