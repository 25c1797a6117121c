/**
 * Owns matching one URL pattern. Segments that are a parameter (":id"), and
 * ":path*" or ":path+" at the end, become a regular expression, which is
 * several times faster than URLPattern and matches the same paths; all other
 * syntax is left to URLPattern.
 */

import { decodeOrKeep } from "./request_path.ts";

/** The parameters of a path, or null if the pattern does not match it. */
export type PatternMatcher = (path: string) => Record<string, string> | null;

type Groups = Record<string, string | undefined>;

const SEGMENTS = "[^/]+(?:/[^/]+)*";

/**
 * Compiles a pattern; null if it is an ordinary path. `fixedStart` is what
 * each matching path begins with, up to a slash or its end.
 */
export function compilePattern(
  pattern: string,
): { fixedStart: string; match: PatternMatcher } | null {
  const variableAt = pattern.search(/[*:{}+?()]/);
  if (variableAt === -1) return null;
  const slash = pattern.lastIndexOf("/", variableAt);
  const fixedStart = slash === -1 ? "" : pattern.slice(0, slash);
  const simple = simpleExpression(pattern);
  if (simple !== null) {
    return { fixedStart, match: (path) => toParams(simple.exec(path)?.groups) };
  }
  const other = new URLPattern({ pathname: pattern });
  return {
    fixedStart,
    match: (path) => toParams(other.exec({ pathname: path })?.pathname.groups),
  };
}

function simpleExpression(pattern: string): RegExp | null {
  let source = "^";
  let isComplete = false;
  for (const part of pattern.split(/(?=\/)/)) {
    const [, name, repeat] = /^\/:([A-Za-z_]\w*)([*+]?)$/.exec(part) ?? [];
    if (isComplete) return null;
    isComplete = Boolean(repeat);
    if (name === undefined) {
      if (!/^\/[\w.~!$&',;=@%-]*$/.test(part)) return null;
      source += RegExp.escape(part);
    } else if (repeat === "") source += `/(?<${name}>[^/]+)`;
    else if (repeat === "+") source += `/(?<${name}>${SEGMENTS})`;
    else source += `(?:/(?<${name}>${SEGMENTS}))?`;
  }
  return new RegExp(source + "$");
}

function toParams(groups: Groups | undefined): Record<string, string> | null {
  if (groups === undefined) return null;
  const params: Record<string, string> = Object.create(null);
  for (const name of Object.keys(groups)) {
    // Reserved characters stay encoded, so that "%2F" does not become "/".
    params[name] = decodeOrKeep(groups[name] ?? "", decodeURI);
  }
  return params;
}
