/**
 * From zod's findings to the issues that a caller reads: one per problem, each with its path and a message that says
 * what the value must be. Three things that zod leaves to do: unknown keys come as one issue for all of them, the
 * problems of a union hide inside its branches, and a missing field looks like a wrong type.
 */
import { closest, distance } from "fastest-levenshtein";
import type { z } from "zod";
import type { Issue } from "@/lib/api/errors.ts";

type RawIssue = z.core.$ZodIssue;

/** How many letters may differ for a known field to be suggested; of a short name, at most half of its own. */
const MAX_TYPO_DISTANCE = 3;

/**
 * The issues of a failed parse.
 *
 * @param options.fields the fields that each object knows, by the object's path ("" is the top)
 */
export function collectIssues(
  error: z.ZodError,
  options: { input: unknown; fields: Record<string, readonly string[]> },
): Issue[] {
  return error.issues.flatMap((issue) => flatten(issue, [], options));
}

/** A path as it is written in issues: `template.params[1]`. */
export function formatPath(path: readonly PropertyKey[]): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else text += text === "" ? String(part) : `.${String(part)}`;
  }
  return text;
}

function flatten(
  issue: RawIssue,
  parent: readonly PropertyKey[],
  options: { input: unknown; fields: Record<string, readonly string[]> },
): Issue[] {
  const path = [...parent, ...issue.path];
  if (issue.code === "unrecognized_keys") {
    const known = options.fields[formatPath(path)] ?? [];
    return issue.keys.map((key) => ({
      path: formatPath([...path, key]),
      message: describeUnknown(key, known),
    }));
  }
  if (issue.code === "invalid_union") {
    // The branch that fits the kind of the value, if there is one: its problems are the ones that matter.
    const branch = issue.errors.find((inner) =>
      inner.length > 0 && !inner.some((found) => found.path.length === 0 && isWrongKind(found))
    );
    if (branch !== undefined) return branch.flatMap((inner) => flatten(inner, path, options));
  }
  return [{ path: formatPath(path), message: describe(issue, valueAt(options.input, path)) }];
}

function isWrongKind(issue: RawIssue): boolean {
  return issue.code === "invalid_type" || issue.code === "invalid_union";
}

function describeUnknown(key: string, known: readonly string[]): string {
  if (known.length === 0) return "Unknown field";
  const suggestion = closest(key.toLowerCase(), known);
  const allowed = Math.min(MAX_TYPO_DISTANCE, Math.floor(key.length / 2));
  return distance(key.toLowerCase(), suggestion.toLowerCase()) <= allowed
    ? `Unknown field: did you mean "${suggestion}"?`
    : `Unknown field: the known ones are ${known.map((name) => `"${name}"`).join(", ")}`;
}

function describe(issue: RawIssue, value: unknown): string {
  if (value === undefined) return "Required";
  switch (issue.code) {
    case "invalid_type":
      return `Must be ${withArticle(issue.expected)}, not ${withArticle(kindOf(value))}`;
    case "invalid_value":
      return `Must be one of ${issue.values.map((allowed) => `"${String(allowed)}"`).join(", ")}`;
    case "too_small":
      return issue.origin === "string" && issue.minimum === 1
        ? "Must not be empty"
        : `Must have at least ${issue.minimum} ${unit(issue.origin)}`;
    case "too_big":
      return issue.origin === "number" || issue.origin === "int"
        ? `Must be at most ${issue.maximum}`
        : `Must have at most ${issue.maximum} ${unit(issue.origin)}`;
    case "invalid_key":
      return describeKey(issue.issues[0]);
    case "invalid_format":
      return issue.format === "uuid" ? "Must be a UUID" : issue.message;
    default:
      return issue.message;
  }
}

function describeKey(issue: RawIssue | undefined): string {
  return issue === undefined ? "Must have another name" : describe(issue, "");
}

function unit(origin: string): string {
  return origin === "string" ? "characters" : "entries";
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function withArticle(kind: string): string {
  if (kind === "null") return kind;
  if (kind === "record") return "an object";
  return /^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) {
      return undefined;
    }
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}
