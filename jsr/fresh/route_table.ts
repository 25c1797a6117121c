/**
 * Owns finding the route of a path. Patterns without parameters are looked up
 * in a map and win over all others; of the others, the one registered first
 * wins, whatever its methods. Those wait in buckets by the fixed segments they
 * begin with, so that a request tries only the few that may match.
 */
import { compilePattern, type PatternMatcher } from "./route_pattern.ts";

/** What was registered for each method of a pattern. */
export interface RouteEntry<T> {
  readonly pattern: string;
  readonly byMethod: Map<string, T>;
}

/** The entry of a path, with the values of its parameters. */
export interface RouteMatch<T> {
  readonly entry: RouteEntry<T>;
  readonly params: Record<string, string>;
}

interface Dynamic<T> {
  order: number;
  entry: RouteEntry<T>;
  match: PatternMatcher;
}

/** All the routes of an app. */
export class RouteTable<T> {
  #entries = new Map<string, RouteEntry<T>>();
  #statics = new Map<string, RouteMatch<T>>();
  #buckets = new Map<string, Dynamic<T>[]>();

  /** Registers an item; what was registered first for a method stays. */
  add(method: string, pattern: string, item: T): void {
    const known = this.#entries.get(pattern) ??
      this.#statics.get(withoutEndSlash(pattern))?.entry;
    const entry = known ?? { pattern, byMethod: new Map() };
    if (known === undefined) this.#place(entry);
    if (!entry.byMethod.has(method)) entry.byMethod.set(method, item);
  }

  /** Finds the entry of a path as `requestPath` gives it, or null. */
  find(path: string): RouteMatch<T> | null {
    return this.#statics.get(withoutEndSlash(path)) ?? this.#findDynamic(path);
  }

  #findDynamic(path: string): RouteMatch<T> | null {
    let best: RouteMatch<T> | null = null;
    let bestOrder = Infinity;
    for (let end = 0; end !== -1; end = nextBoundary(path, end)) {
      const bucket = this.#buckets.get(path.slice(0, end));
      if (bucket === undefined) continue;
      for (const { order, entry, match } of bucket) {
        if (order > bestOrder) break;
        const params = match(path);
        if (params === null) continue;
        best = { entry, params };
        bestOrder = order;
        break;
      }
    }
    return best;
  }

  #place(entry: RouteEntry<T>): void {
    const compiled = compilePattern(entry.pattern);
    this.#entries.set(entry.pattern, entry);
    if (compiled === null) {
      const params = Object.freeze(Object.create(null));
      this.#statics.set(withoutEndSlash(entry.pattern), { entry, params });
      return;
    }
    const bucket = this.#buckets.get(compiled.fixedStart) ?? [];
    bucket.push({ order: this.#entries.size, entry, match: compiled.match });
    this.#buckets.set(compiled.fixedStart, bucket);
  }
}

/** "/keys" and "/keys/" are one address, as long as there is no parameter. */
function withoutEndSlash(path: string): string {
  return path.endsWith("/") ? path.slice(0, -1) : path;
}

/** The next slash of a path, then its end, then -1. */
function nextBoundary(path: string, after: number): number {
  if (after >= path.length) return -1;
  const slash = path.indexOf("/", after + 1);
  return slash === -1 ? path.length : slash;
}
