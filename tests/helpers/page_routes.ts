/**
 * The pages of the admin UI and the methods that each of them serves, read from routes/ itself: a new page is part of
 * every test that holds for all of them without being named there. fresh.gen.ts registers the same files (a test of its
 * own holds that).
 */
import { listRepoFiles } from "@/tests/helpers/repo_files.ts";
import { readRouteFiles } from "@/tasks/manifest/route_files.ts";

/** A page. */
export interface PageRoute {
  /** Its URL with made-up values in the place of parameters. */
  path: string;
  /** Its URL pattern, "/keys/:id". */
  url: string;
  /** Whether it is reached without signing in. */
  isAccess: boolean;
  /** The methods that it serves; those that change something are not GET. */
  methods: string[];
}

const EVERY_METHOD = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** Every page of the groups (admin) and (access). */
export async function listPageRoutes(): Promise<PageRoute[]> {
  const root = "routes/";
  const paths = (await listRepoFiles([".ts", ".tsx"], root)).map((path) => path.slice(root.length));
  const pages = paths.filter((path) => /^\((admin|access)\)\//.test(path));
  const routes = readRouteFiles(pages).filter(({ kind }) => kind === "route");
  return await Promise.all(routes.map(async ({ path, url }) => {
    const module = await import(new URL(`../../${root}${path}`, import.meta.url).href);
    const handler = module.handlers ?? module.handler ?? {};
    return {
      path: url.replace(/:path\*$/, "nowhere").replace(
        /:\w+/g,
        "0190b5b5-0000-7000-8000-000000000000",
      ),
      url,
      isAccess: path.startsWith("(access)"),
      methods: typeof handler === "function"
        ? EVERY_METHOD
        // A page without a handler of its own is served for GET.
        : [...new Set([...Object.keys(handler), ...module.default === undefined ? [] : ["GET"]])],
    };
  }));
}

/** The URL patterns of all routes that show something to people: those with a component, wherever they lie. */
export async function listShownPages(): Promise<string[]> {
  const root = "routes/";
  const paths = (await listRepoFiles([".tsx"], root)).map((path) => path.slice(root.length));
  const routes = readRouteFiles(paths).filter(({ kind }) => kind === "route");
  const urls = await Promise.all(routes.map(async ({ path, url }) => {
    const module = await import(new URL(`../../${root}${path}`, import.meta.url).href);
    return module.default === undefined ? [] : [url];
  }));
  return urls.flat();
}
