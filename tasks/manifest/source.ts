/**
 * Owns the text of fresh.gen.ts. It uses nothing but the public methods of
 * `App`. A route is registered in its folder ("/api/") with its URL as an
 * override, because an app's methods take the last part of a path for the file
 * name; a group folder thus counts for layouts but not for the URL.
 */
import type { RouteFile } from "./route_files.ts";

const LINE_LENGTH = 80;

/** Which components are islands is written on them, under a symbol that the server looks for. */
const ISLAND_HELPER = `
function island(module: string, exports: object): void {
  for (const [name, value] of Object.entries(exports)) {
    if (typeof value !== "function") continue;
    const mark = { value: \`\${module}#\${name}\`, configurable: true };
    Object.defineProperty(value, Symbol.for("fresh.island"), mark);
  }
}
`;

/** Helpers of the generated file, each written only if it is used. */
const HELPERS: Record<string, string> = {
  component: `
type Component = Parameters<App<State>["appWrapper"]>[0];

function component(module: RouteModule): Component {
  return module.default as Component;
}
`,
  middlewares: `
function middlewares(module: RouteModule): Middleware<State>[] {
  const given = module.handlers ?? module.handler ?? module.default;
  return [given].flat() as Middleware<State>[];
}
`,
  layoutConfig: `
function layoutConfig(module: RouteModule): RouteConfig {
  return module.config ?? {};
}
`,
  route: `
type Route = Exclude<
  Parameters<App<State>["notFound"]>[0],
  (...args: never[]) => unknown
>;

function route(module: RouteModule, url?: string): Route {
  const routeOverride = module.config?.routeOverride ?? url;
  return {
    handler: module.handlers ?? module.handler,
    component: module.default,
    config: { ...module.config, ...(routeOverride && { routeOverride }) },
  } as Route;
}
`,
};

const MODULE_TYPE = `
interface RouteModule {
  default?: unknown;
  handler?: unknown;
  handlers?: unknown;
  config?: RouteConfig;
}
`;

/**
 * Writes fresh.gen.ts for files in the order in which they are registered.
 *
 * @param islands paths of the island modules below the project's folder
 */
export function writeManifest(
  files: readonly RouteFile[],
  islands: readonly string[] = [],
): string {
  const names = nameModules(files);
  const marks = islands.map((path) => writeCall(["island", `"${path}"`, islandName(path)], ""));
  const calls = files.map((file) => callFor(file, names.get(file) ?? ""));
  const body = marks.join("") + calls.map((parts) => writeCall(parts)).join("");
  const helpers = Object.entries(HELPERS)
    .filter(([name]) => body.includes(`${name}(route_`))
    .map(([, text]) => text);
  const types = ["App"];
  if (body.includes("middlewares(")) types.push("Middleware");
  if (files.length > 0) types.push("RouteConfig");
  const imports = files.map((file) =>
    `import * as ${names.get(file)} from "./routes/${file.path}";\n`
  );
  imports.push(...islands.map((path) => `import * as ${islandName(path)} from "./${path}";\n`));
  return `/**
 * Generated from routes/ and islands/ by "deno task manifest": do not edit.
 * Registers every middleware, layout, error page and route of the application,
 * in the order in which they take effect, and marks the islands.
 */
import type { ${types.join(", ")} } from "fresh";
import type { State } from "@/lib/state.ts";
${imports.sort().join("")}${files.length > 0 ? MODULE_TYPE : ""}${helpers.join("")}${
    islands.length > 0 ? ISLAND_HELPER : ""
  }
/** Registers all that routes/ holds. */
export default function registerRoutes(${files.length > 0 ? "app" : "_app"}: App<State>): void {${
    body === "" ? "" : `\n${body}`
  }}
`;
}

/** A call as the name of a method and its arguments. */
type Call = [method: string, ...args: string[]];

function callFor(file: RouteFile, name: string): Call {
  const folder = `"${file.folder}"`;
  switch (file.kind) {
    case "app":
      return ["appWrapper", `component(${name})`];
    case "middleware":
      return ["use", folder, `...middlewares(${name})`];
    case "layout":
      return ["layout", folder, `component(${name})`, `layoutConfig(${name})`];
    case "error":
      return ["onError", folder, `route(${name})`];
    case "notFound":
      return ["notFound", `route(${name})`];
    case "route": {
      const inside = file.folder === "/" ? folder : `"${file.folder}/"`;
      return ["route", inside, `route(${name}, "${file.url}")`];
    }
  }
}

function writeCall([method, ...args]: Call, object = "app."): string {
  const line = `  ${object}${method}(${args.join(", ")});\n`;
  if (line.length - 1 <= LINE_LENGTH) return line;
  const lines = args.map((arg) => `    ${arg},\n`).join("");
  return `  ${object}${method}(\n${lines}  );\n`;
}

/** A name that no route's module has. */
function islandName(path: string): string {
  return `island_${path.replace(/\.[tj]sx?$/, "").replace(/\W/g, "_")}`;
}

/** Names made of the paths, so that a new file changes no other line. */
function nameModules(files: readonly RouteFile[]): Map<RouteFile, string> {
  const taken = new Set<string>();
  const names = new Map<RouteFile, string>();
  for (const file of files.toSorted((a, b) => a.path < b.path ? -1 : 1)) {
    const base = `route_${file.path.replace(/\.[tj]sx?$/, "")}`
      .replace(/\W+/g, "_").replace(/_$/, "");
    let name = base;
    for (let i = 2; taken.has(name); i++) name = `${base}_${i}`;
    taken.add(name);
    names.set(file, name);
  }
  return names;
}
