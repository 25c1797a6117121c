/**
 * Makes what comes from outside fit for Postgres, which stores neither NUL characters nor halves of surrogate pairs,
 * in text and in jsonb alike. Meta passes on whatever people type, so either may come.
 */

/** The same value with U+FFFD in place of every character that Postgres refuses, also in the names of fields. */
export function toStorable(value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed().replaceAll("\0", "\uFFFD");
  if (Array.isArray(value)) return value.map(toStorable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [toStorable(name), toStorable(inner)]),
  );
}
