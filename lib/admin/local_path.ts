/**
 * Where to go after signing in. The path comes from a URL that anybody may have made, so it must not lead to another
 * site: browsers take "//host", "/\host" and such with tabs in between for addresses of other hosts.
 */

const BASE = "http://local.invalid";

/** The path as a browser would read it if it stays on this site, else "/". */
export function parseLocalPath(text: string | null): string {
  if (text === null || !/^\/(?![/\\])/.test(text) || !URL.canParse(text, BASE)) return "/";
  const url = new URL(text, BASE);
  // "/.//host" becomes "//host" when it is parsed.
  if (url.origin !== BASE || url.pathname.startsWith("//")) return "/";
  return url.pathname + url.search;
}
