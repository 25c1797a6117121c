/**
 * How deep JSON lies in itself. The parser takes any depth, but most of what comes after it calls itself for every
 * level and ends where the stack does; so whoever lets JSON in looks here first.
 */

/** Whether objects and arrays lie in each other on more than so many levels. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  // Level by level, because a recursion would end where the stack does.
  let level = [value].filter(isNest);
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > levels) return true;
    level = level.flatMap((nest) => Object.values(nest).filter(isNest));
  }
  return false;
}

function isNest(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
