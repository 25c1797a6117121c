/** The rules of tests/repo/layers_test.ts: who may import whom, and who may touch what. */
import { posix } from "node:path";

/** One import of a file. */
interface Import {
  /** A path from the project's folder, or the name of a package. */
  target: string;
  /** Whether it is gone once types are removed. */
  isTypeOnly: boolean;
}

interface Rule {
  name: string;
  /** The files it holds for. */
  appliesTo: (path: string) => boolean;
  /** What must not be imported. */
  forbids?: (target: string, path: string) => boolean;
  /** What the text must not contain. */
  forbidsText?: RegExp;
}

const IMPORT =
  /^\s*(?:import|export)\b(\s+type\b)?(?:[^"';]*?\bfrom\s*)?\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/gm;

const startsWithAny = (...starts: string[]) => (path: string) =>
  starts.some((start) => path.startsWith(start));

const isProduct = (path: string) => !path.startsWith("tests/") && !path.startsWith("jsr/");

const RULES: Rule[] = [
  {
    name: "db/ imports nothing of the product but db/",
    appliesTo: startsWithAny("db/"),
    forbids: (target) => isOwn(target) && !target.startsWith("db/"),
  },
  {
    name: "lib/ imports nothing of routes, pages, tasks or tests",
    appliesTo: startsWithAny("lib/"),
    forbids: (target, path) =>
      isOwn(target) && !startsWithAny("lib/", "db/")(target) &&
      // A command that calls a server does so as any user would.
      !(path.startsWith("lib/cli/") && target.startsWith("clients/")),
  },
  {
    // It is published by itself, and runs elsewhere.
    name: "clients/ imports nothing but its own files",
    appliesTo: startsWithAny("clients/"),
    forbids: (target) => !target.startsWith("clients/"),
  },
  {
    name: "clients/ name nothing that only one runtime has",
    appliesTo: startsWithAny("clients/"),
    forbidsText: /\b(Deno|process|Buffer|Bun)\./,
  },
  {
    name: "routes/ imports lib/, db/ and what pages are made of",
    appliesTo: startsWithAny("routes/"),
    forbids: (target) =>
      isOwn(target) &&
      !startsWithAny("routes/", "lib/", "db/", "components/", "islands/")(target),
  },
  {
    name: "the product imports nothing of tests/",
    appliesTo: (path) => isProduct(path) && !path.startsWith("tasks/test") && !isBench(path),
    forbids: (target) => target.startsWith("tests/"),
  },
  {
    name: "lib/meta/ knows nothing of the database, the API or messages",
    appliesTo: startsWithAny("lib/meta/"),
    forbids: startsWithAny("db/", "lib/api/", "lib/messages/", "lib/keys/", "lib/admin/"),
  },
  {
    name: "only db/ talks to the database driver",
    appliesTo: (path) => isProduct(path) && !path.startsWith("db/"),
    forbids: (target) => target === "postgres" || target.startsWith("@electric-sql/"),
  },
  {
    name: "nothing outside jsr/ names a file of jsr/",
    appliesTo: (path) => !path.startsWith("jsr/") && !path.startsWith("tests/jsr/"),
    forbids: startsWithAny("jsr/"),
  },
  {
    name: "jsr/ imports nothing of the project",
    appliesTo: startsWithAny("jsr/"),
    forbids: (target) => isOwn(target) && !target.startsWith("jsr/"),
  },
  {
    name: "only the edges read the environment",
    appliesTo: (path) =>
      isProduct(path) && !isBench(path) &&
      // Clients may not name it either; they have a rule of their own.
      !startsWithAny(
        "clients/",
        "tasks/",
        "lib/server/",
        "lib/cli/",
        "lib/config.ts",
        "main.ts",
        "cli.ts",
      )(
        path,
      ),
    forbidsText: /\bDeno\.env\b|\bprocess\.env\b/,
  },
  {
    // Thrown there, it would become an HTML page.
    name: "no HttpError in the API",
    appliesTo: startsWithAny("routes/api/", "lib/api/", "lib/messages/"),
    forbidsText: /\bHttpError\b/,
  },
  {
    // Deno's fetch sends a POST again when a reused connection breaks before the answer.
    name: "the server calls nobody with fetch",
    appliesTo: startsWithAny("lib/", "routes/", "db/"),
    forbidsText: /(?<![.\w])fetch\(/,
  },
];

/** Packages and modules that a browser cannot run. */
const isServerModule = (target: string) =>
  target.startsWith("node:") || startsWithAny("db/", "lib/server/", "lib/cli/")(target) ||
  ["postgres", "undici", "commander", "fresh"].includes(target);

/** Whatever breaks a rule in these sources (by path), one line each. */
export function findViolations(sources: Map<string, string>): string[] {
  const violations: string[] = [];
  const imports = new Map(
    [...sources].map(([path, text]) => [path, listImports(path, text)] as const),
  );
  for (const [path, text] of sources) {
    for (const rule of RULES.filter(({ appliesTo }) => appliesTo(path))) {
      for (const { target } of imports.get(path) ?? []) {
        if (rule.forbids?.(target, path)) violations.push(`${path} → ${target}: ${rule.name}`);
      }
      if (rule.forbidsText?.test(withoutComments(text))) violations.push(`${path}: ${rule.name}`);
    }
    if (/^(islands|components)\//.test(path)) {
      for (const target of reachable(path, imports)) {
        if (isServerModule(target)) {
          violations.push(`${path} → ${target}: islands and components run no server module`);
        }
      }
    }
  }
  return violations;
}

/** Everything that a file loads when it runs, directly or not. */
function reachable(start: string, imports: Map<string, Import[]>): Set<string> {
  const seen = new Set<string>();
  const waiting = [start];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    for (const { target, isTypeOnly } of imports.get(path) ?? []) {
      if (isTypeOnly || seen.has(target)) continue;
      seen.add(target);
      waiting.push(target);
    }
  }
  return seen;
}

function listImports(path: string, text: string): Import[] {
  return [...withoutComments(text).matchAll(IMPORT)].map(([, type, name, dynamic]) => ({
    target: resolve(path, name ?? dynamic ?? ""),
    isTypeOnly: type !== undefined,
  }));
}

function resolve(path: string, name: string): string {
  if (name.startsWith("@/")) return name.slice(2);
  if (name.startsWith(".")) return posix.join(posix.dirname(path), name);
  return name;
}

/** A file of the project, as opposed to a package. */
function isOwn(target: string): boolean {
  return /\.tsx?$/.test(target);
}

function isBench(path: string): boolean {
  return path.startsWith("bench/");
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[^]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}
