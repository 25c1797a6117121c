/**
 * The string and the list that API fields are made of. Two kinds of text pass zod's own string and then fail further
 * on: a NUL character, which Postgres cannot store, and half a surrogate pair, which is not text at all.
 */
import { z } from "zod";

/** A string of at most `max` characters (code points, as Postgres counts them). */
export function text(options: { max: number; min?: number }): z.ZodString {
  return z.string()
    .check(
      new z.core.$ZodCheckMinLength({
        check: "min_length",
        minimum: options.min ?? 0,
        when: isString,
      }),
      new z.core.$ZodCheckMaxLength({ check: "max_length", maximum: options.max, when: isString }),
    )
    .refine((value) => !value.includes("\0"), {
      error: "Must not contain a NUL character (\\u0000)",
    })
    .refine((value) => value.isWellFormed(), {
      error: "Must not contain half a surrogate pair (a damaged emoji)",
    });
}

/** An array of at most `max` entries. */
export function list<Entry extends z.ZodType>(
  entry: Entry,
  options: { max: number },
): z.ZodArray<Entry> {
  return z.array(entry).check(
    new z.core.$ZodCheckMaxLength({ check: "max_length", maximum: options.max, when: isArray }),
  );
}

// Zod's own min and max measure whatever has a "length", wrong kinds too, and throw on {"length": {"toString": 1}}.
function isString({ value }: { value: unknown }): boolean {
  return typeof value === "string";
}

function isArray({ value }: { value: unknown }): boolean {
  return Array.isArray(value);
}

/**
 * The same JSON without object fields that are null: n8n and Zapier send null for what was left empty. Array entries
 * stay, because their place has a meaning.
 */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, entry]) => entry !== null)
      .map(([key, entry]) => [key, withoutNulls(entry)]),
  );
}
