/**
 * Owns reading nodes back (see wire.ts), in the browser. Each node becomes one
 * value, however often it is referred to: two islands that were given the same
 * signal share it.
 */
import { SPECIALS } from "./wire.ts";

/** Makes what only the page or a library of its own can make. */
export interface Makers {
  signal: (value: unknown) => unknown;
  slot: (id: number) => unknown;
}

type Indexes = number[];

const ORDINARY = { configurable: true, enumerable: true, writable: true };

const specials = new Map(SPECIALS);

/** Gives a function that revives the node of an index. */
export function reviver(nodes: unknown[], makers: Makers): (index: number) => unknown {
  const values = new Map<number, unknown>();
  const at = (index: number): unknown => {
    if (index < 0) return specials.get(index);
    if (values.has(index)) return values.get(index);
    const keep = <T>(value: T): T => {
      values.set(index, value);
      return value;
    };
    return revive(nodes[index], { at, keep, makers });
  };
  return at;
}

/** Containers are kept before they are filled, as they may hold themselves. */
function revive(
  node: unknown,
  { at, keep, makers }: {
    at: (index: number) => unknown;
    keep: <T>(value: T) => T;
    makers: Makers;
  },
): unknown {
  if (typeof node !== "object" || node === null) return keep(node);
  if (!Array.isArray(node)) {
    const object = keep({});
    for (const [name, index] of Object.entries<number>(node as Record<string, number>)) {
      // Not an assignment: "__proto__" is a name like any other.
      Object.defineProperty(object, name, { value: at(index), ...ORDINARY });
    }
    return object;
  }
  const [tag, ...rest] = node;
  switch (tag) {
    case "BigInt":
      return keep(BigInt(rest[0]));
    case "Date":
      return keep(new Date(rest[0] ?? NaN));
    case "URL":
      return keep(new URL(rest[0]));
    case "RegExp":
      return keep(new RegExp(rest[0], rest[1]));
    case "Uint8Array":
      return keep(Uint8Array.from(atob(rest[0]), (char) => char.charCodeAt(0)));
    case "Signal":
      return keep(makers.signal(at(rest[0])));
    case "Slot":
      return keep(makers.slot(rest[0]));
    case "Set": {
      const set = keep(new Set());
      for (const index of rest as Indexes) set.add(at(index));
      return set;
    }
    case "Map": {
      const map = keep(new Map());
      for (let i = 0; i < rest.length; i += 2) map.set(at(rest[i]), at(rest[i + 1]));
      return map;
    }
    default: {
      const array = keep<unknown[]>([]);
      for (const index of node as Indexes) array.push(at(index));
      return array;
    }
  }
}
