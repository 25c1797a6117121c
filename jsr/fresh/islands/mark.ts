/**
 * Owns what makes a component an island: a property on the function, set by the
 * generated fresh.gen.ts under a symbol that both sides know. Nothing else of
 * an application has to say which components are islands.
 */

/** The property; its value is "islands/Counter.tsx#default". */
export const ISLAND: unique symbol = Symbol.for("fresh.island") as never;

/** Where an island comes from. */
export interface IslandOrigin {
  /** The module's path below the project's folder. */
  module: string;
  /** The name under which the module exports it. */
  exportName: string;
}

/** The origin of a marked component, or null for any other. */
export function originOf(type: unknown): IslandOrigin | null {
  if (typeof type !== "function") return null;
  const mark = (type as { [ISLAND]?: unknown })[ISLAND];
  if (typeof mark !== "string") return null;
  const [module = "", exportName = ""] = mark.split("#");
  return { module, exportName };
}
