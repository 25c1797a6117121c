/**
 * Owns what the files below routes/ mean: kind, folder, URL pattern, and the
 * order in which they are registered. The rules are those of Fresh's file
 * routes: "(group)" folders are left out of URLs but keep their own layouts and
 * middlewares, "(_name)" folders hold no routes.
 */

/** What a file below routes/ is registered as. */
export type RouteFileKind =
  | "app"
  | "middleware"
  | "layout"
  | "error"
  | "notFound"
  | "route";

/** One file below routes/. */
export interface RouteFile {
  /** Path below routes/, such as "api/v1/[id].ts". */
  path: string;
  kind: RouteFileKind;
  /** The folder as a pattern, groups included: "/", "/api/v1", "/(admin)". */
  folder: string;
  /** The URL pattern of a route, such as "/api/v1/:id". */
  url: string;
}

const SPECIAL: Record<string, RouteFileKind> = {
  _app: "app",
  _middleware: "middleware",
  _layout: "layout",
  _error: "error",
  _404: "notFound",
};

/**
 * Reads paths below routes/ and gives those that are to be registered, in that
 * order. Throws SyntaxError for a name that is no valid pattern.
 */
export function readRouteFiles(paths: readonly string[]): RouteFile[] {
  return paths.filter(isRouteFile).map(readRouteFile).sort(compareFiles);
}

function isRouteFile(path: string): boolean {
  return /\.[tj]sx?$/.test(path) && !/[._]test\.[tj]sx?$/.test(path) &&
    !/(^|\/)\(_[^/]+\)\//.test(path);
}

function readRouteFile(path: string): RouteFile {
  const parts = partsOf(path);
  const name = parts.at(-1) ?? "";
  const folders = parts.slice(0, -1);
  const withoutIndex = name === "index" ? folders : parts;
  return {
    path,
    kind: SPECIAL[name] ?? "route",
    folder: toPattern(folders, path),
    url: toPattern(withoutIndex.filter((part) => !isGroup(part)), path),
  };
}

function partsOf(path: string): string[] {
  return path.replace(/\.[tj]sx?$/, "").split("/");
}

function isGroup(part: string): boolean {
  return part.startsWith("(") && part.endsWith(")");
}

function toPattern(parts: readonly string[], path: string): string {
  const pattern = parts.map((part) => toSegment(part, path)).join("");
  // With nothing before them, optional segments stand after the root's slash.
  const isOptional = parts.every((part) => part.startsWith("[["));
  return (isOptional ? pattern.replace("{/", "/{") : pattern) || "/";
}

function toSegment(part: string, path: string): string {
  const [, rest] = /^\[\.\.\.(\w+)\]$/.exec(part) ?? [];
  if (rest !== undefined) return `/:${rest}*`;
  const [, optional] = /^\[\[(\w+)\]\]$/.exec(part) ?? [];
  if (optional !== undefined) return `{/:${optional}}?`;
  const segment = part.replace(/\[(\w+)\]/g, ":$1");
  if (/[[\]]/.test(segment) || part.includes("][")) {
    throw new SyntaxError(
      `Cannot make a URL pattern of "routes/${path}": write a parameter as "[name]", with other characters between two of them`,
    );
  }
  return `/${segment}`;
}

/**
 * Of two files the more specific is registered first: of patterns with
 * parameters, the first that matches wins.
 */
function compareFiles(a: RouteFile, b: RouteFile): number {
  if (a.kind === "app" || b.kind === "app") {
    return Number(b.kind === "app") - Number(a.kind === "app");
  }
  const left = partsOf(a.path);
  const right = partsOf(b.path);
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x = "", y = ""] = [left[i], right[i]];
    if (x === y) continue;
    const byRank = rankOf(y, i === right.length - 1) -
      rankOf(x, i === left.length - 1);
    return byRank || (x < y ? -1 : 1);
  }
  // The longer path is the more specific.
  return right.length - left.length;
}

/** What applies to a whole folder comes first, what matches most comes last. */
function rankOf(part: string, isFile: boolean): number {
  if (isFile && part === "_middleware") return 7;
  if (isFile && part === "_error") return 5;
  if (part.startsWith("_")) return 6;
  if (isFile && part === "index") return 4;
  if (part.startsWith("[...")) return 0;
  if (part.startsWith("[")) return 1;
  return isGroup(part) ? 2 : 3;
}
