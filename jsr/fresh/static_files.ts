/**
 * Owns serving the files of `static/` and of the build. Both are read once, at the
 * first request, and only what was found then is ever served, so no path leads out of
 * it; dotfiles and links are left out, except `.well-known` (RFC 8615). A URL
 * made by `asset()` may be cached for a year.
 */
import { createHash } from "node:crypto";
import { ASSET_KEY, build } from "./build_id.ts";
import { type Context, getRequestPath } from "./context.ts";
import { currentBuild } from "./islands/build.ts";
import type { Middleware } from "./middleware.ts";
import { decodeOrKeep } from "./request_path.ts";

interface StaticFile {
  filePath: string;
  contentType: string;
  /** SHA-256 of the contents, hexadecimal. */
  digest: string;
}

// deno-fmt-ignore: a table is read more easily by kind.
const CONTENT_TYPES: Record<string, string> = {
  css: "text/css; charset=UTF-8", html: "text/html; charset=UTF-8",
  js: "text/javascript; charset=UTF-8", txt: "text/plain; charset=UTF-8",
  json: "application/json; charset=UTF-8", map: "application/json; charset=UTF-8",
  webmanifest: "application/manifest+json", woff2: "font/woff2",
  gif: "image/gif", ico: "image/vnd.microsoft.icon", jpeg: "image/jpeg",
  jpg: "image/jpeg", png: "image/png", svg: "image/svg+xml", webp: "image/webp",
};

/** Serves the files of the project's `static/` and of its build; other paths pass on. */
export function staticFiles<T>(): Middleware<T> {
  let reading: Promise<Map<string, StaticFile>> | null = null;
  let files: Map<string, StaticFile> | null = null;
  return async (ctx) => {
    files ??= await (reading ??= readProject(ctx.config.root));
    const path = getRequestPath(ctx);
    const file = files.get(path) ?? files.get(decodeOrKeep(path, decodeURIComponent));
    if (file !== undefined) return await answerFile(ctx, file);
    // Browsers ask for it by themselves; a whole 404 page would be wasted.
    if (path === "/favicon.ico") return new Response(null, { status: 404 });
    return await ctx.next();
  };
}

async function answerFile<T>(ctx: Context<T>, file: StaticFile): Promise<Response> {
  const { method, headers: asked } = ctx.req;
  if (method !== "GET" && method !== "HEAD") {
    return new Response("Method Not Allowed", { status: 405 });
  }
  const key = ctx.url.searchParams.get(ASSET_KEY);
  const isOfThisBuild = key === build.id;
  if (key !== null && !isOfThisBuild) {
    const url = new URL(ctx.url);
    url.searchParams.delete(ASSET_KEY);
    return ctx.redirect(url.pathname + url.search, 307);
  }
  // The name of a script carries a hash of its contents.
  const isForEver = isOfThisBuild || getRequestPath(ctx).startsWith("/_fresh/");
  const etag = `W/"${file.digest}"`;
  const headers = new Headers({
    "Content-Type": file.contentType,
    "Vary": "If-None-Match",
    "ETag": etag,
    "Cache-Control": isForEver && ctx.config.mode === "production"
      ? "public, max-age=31536000, immutable"
      : "no-cache, no-store, max-age=0, must-revalidate",
  });
  const known = asked.get("If-None-Match");
  if (known === etag || known === file.digest) {
    return new Response(null, { status: 304, headers });
  }
  const contents = await Deno.readFile(file.filePath);
  headers.set("Content-Length", String(contents.byteLength));
  return new Response(contents, { headers });
}

/** A file of the build takes the place of one that was written by hand. */
async function readProject(root: string): Promise<Map<string, StaticFile>> {
  const built = await currentBuild(root);
  const files = new Map([
    ...await readFolder(`${root}/static`),
    ...built === null ? [] : await readFolder(built.staticFolder),
  ]);
  const total = createHash("sha256");
  for (const path of [...files.keys()].sort()) total.update(`${path} ${files.get(path)?.digest}\n`);
  build.id ??= total.digest("hex").slice(0, 32);
  return files;
}

/** Reads a folder; one that does not exist has no files. */
async function readFolder(folder: string): Promise<Map<string, StaticFile>> {
  const files = new Map<string, StaticFile>();
  for (const path of await listPaths(folder, "")) {
    const filePath = folder + path;
    const contents = await Deno.readFile(filePath);
    const digest = createHash("sha256").update(contents).digest("hex");
    const extension = path.slice(path.lastIndexOf(".") + 1).toLowerCase();
    const contentType = CONTENT_TYPES[extension] ?? "application/octet-stream";
    files.set(path, { filePath, contentType, digest });
  }
  return files;
}

async function listPaths(folder: string, path: string): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const { name, isFile, isDirectory } of Deno.readDir(folder + path)) {
      if (name.startsWith(".") && name !== ".well-known") continue;
      const inner = `${path}/${name}`;
      if (isFile) found.push(inner);
      if (isDirectory) found.push(...await listPaths(folder, inner));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found;
}
