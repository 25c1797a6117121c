/**
 * Owns deep equality. Values of different classes are never equal, objects
 * without a prototype count as plain; 0 equals -0 and NaN equals NaN. An object
 * that contains itself equals one that does so at the same place.
 */

type Pairs = Map<object, object>;

/** Whether two values are structurally equal. */
export function equal(a: unknown, b: unknown): boolean {
  return compare(a, b, new Map());
}

function compare(a: unknown, b: unknown, seen: Pairs): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a === "number" && typeof b === "number") return a === b;
  if (!isObject(a) || !isObject(b) || !sameClass(a, b)) return false;
  if (a instanceof Date && b instanceof Date) {
    return Object.is(a.getTime(), b.getTime());
  }
  if (a instanceof RegExp || a instanceof URL) return String(a) === String(b);
  if (/^Weak(Map|Set|Ref)$/.test(a.constructor?.name)) {
    throw new TypeError(`Cannot compare ${a.constructor.name} instances`);
  }
  if (a instanceof Error && b instanceof Error) {
    if (a.name !== b.name || a.message !== b.message) return false;
  }
  if (seen.get(a) === b) return true;
  seen.set(a, b);
  if (a instanceof Set && b instanceof Set) {
    return a.size === b.size && hasAll(a, b, seen) && hasAll(b, a, seen);
  }
  if (a instanceof Map && b instanceof Map) {
    const same = ([key, value]: [unknown, unknown]) =>
      b.has(key)
        ? compare(value, b.get(key), seen)
        : isObject(key) && hasAll(new Set([[key, value]]), new Set(b), seen);
    return a.size === b.size && [...a].every(same);
  }
  return sameProperties(a, b, seen);
}

/** Whether a value is an object other than a function. */
export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function sameClass(a: object, b: object): boolean {
  return (a.constructor ?? Object) === (b.constructor ?? Object);
}

/** Whether each member of `a` has an equal in `b`; order does not count. */
function hasAll(a: Set<unknown>, b: Set<unknown>, seen: Pairs): boolean {
  return [...a].every((member) =>
    b.has(member) || isObject(member) &&
      // A failed attempt must not leave its assumptions behind.
      [...b].some((other) => compare(member, other, new Map(seen)))
  );
}

function sameProperties(a: object, b: object, seen: Pairs): boolean {
  const keys = enumerableKeys(a);
  return keys.length === enumerableKeys(b).length &&
    (!Array.isArray(a) || a.length === Reflect.get(b, "length")) &&
    keys.every((key) => key in b && compare(Reflect.get(a, key), Reflect.get(b, key), seen));
}

function enumerableKeys(value: object): PropertyKey[] {
  return Reflect.ownKeys(value).filter((key) =>
    Object.prototype.propertyIsEnumerable.call(value, key)
  );
}
