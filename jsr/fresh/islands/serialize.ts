/**
 * Owns writing props as nodes (see wire.ts). What a browser could not revive,
 * such as a function or the instance of a class, is an error that names the
 * island and the path of the prop, as a prop that silently vanished would be
 * found much later.
 */
import { Signal } from "@preact/signals";
import { isJsx, Slot, type SlotProps } from "./slot.ts";
import { SPECIALS } from "./wire.ts";

/** Collects the nodes of one page; equal identity becomes equal indexes. */
export class Serializer {
  readonly nodes: unknown[] = [];
  /** Whether any signal was written: only then the browser needs the library. */
  hasSignals = false;
  readonly #indexes = new Map<unknown, number>();

  /** Adds a value and gives its index; `path` names it in errors. */
  add(value: unknown, path: string): number {
    const special = SPECIALS.find(([, it]) => Object.is(it, value));
    if (special !== undefined) return special[0];
    const known = this.#indexes.get(value);
    if (known !== undefined) return known;
    const index = this.nodes.push(null) - 1;
    this.#indexes.set(value, index);
    this.nodes[index] = this.#encode(value, path);
    return index;
  }

  #encode(value: unknown, path: string): unknown {
    switch (typeof value) {
      case "string":
      case "number":
      case "boolean":
        return value;
      case "bigint":
        return ["BigInt", String(value)];
      case "object":
        return value === null ? null : this.#encodeObject(value, path);
      default:
        return refuse(path, `is a ${typeof value}`);
    }
  }

  #encodeObject(value: object, path: string): unknown {
    if (value instanceof Signal) {
      this.hasSignals = true;
      // A computed signal arrives as one that can be written: what it is computed from stays here.
      return ["Signal", this.add(value.peek(), `${path}.value`)];
    }
    if (isJsx(value)) {
      if (value.type === Slot) return ["Slot", (value.props as unknown as SlotProps).id];
      return refuse(path, "is JSX inside a value that cannot hold any");
    }
    if (Array.isArray(value)) {
      return Array.from(value, (it, i) => this.add(it, `${path}[${i}]`));
    }
    if (value instanceof Date) return ["Date", value.getTime()];
    if (value instanceof URL) return ["URL", value.href];
    if (value instanceof RegExp) return ["RegExp", value.source, value.flags];
    if (value instanceof Uint8Array) return ["Uint8Array", value.toBase64()];
    if (value instanceof Set) {
      return ["Set", ...Array.from(value, (it) => this.add(it, `${path} (in the Set)`))];
    }
    if (value instanceof Map) {
      const entry = `${path} (in the Map)`;
      return ["Map", ...[...value].flat(1).map((it) => this.add(it, entry))];
    }
    const prototype = Object.getPrototypeOf(value);
    if (prototype !== null && prototype !== Object.prototype) {
      return refuse(path, `is an instance of "${prototype.constructor?.name}"`);
    }
    return Object.fromEntries(
      Object.entries(value).map(([name, it]) => [name, this.add(it, `${path}.${name}`)]),
    );
  }
}

function refuse(path: string, reason: string): never {
  throw new Error(
    `Cannot send the prop "${path}" to the browser: it ${reason}. Pass plain data, a signal or JSX`,
  );
}
