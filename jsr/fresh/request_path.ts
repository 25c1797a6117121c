/**
 * Owns finding the path in a request's URL without parsing the URL. The server
 * hands over request targets as they came in ("//x", "/../a", "/%zz"), so any
 * path that a URL parser might change takes the slow way through that parser.
 */

/**
 * A URL whose path has no characters that get encoded or taken for a slash, and
 * no segments that are empty or may mean "." or ".." ("%2e").
 */
const PLAIN =
  /^(https?:\/\/[^/?#\\]+)((?:\/[\w~!$&'()*+,;=:@-][\w~!$&'()*+,;=:@.%-]*)*\/?)(?=[?#]|$)/;

/** The origin met last that is valid: a `Host` header can hold anything. */
let validOrigin = "";

/**
 * The path of an absolute http(s) URL, normalised as `URL.pathname` would be
 * and without duplicate slashes, still percent-encoded. Throws TypeError if
 * the URL is not valid.
 */
export function requestPath(url: string): string {
  const [, origin, path] = PLAIN.exec(url) ?? [];
  if (path && origin === validOrigin) return path;
  const parsed = collapseSlashes(new URL(url).pathname);
  if (origin !== undefined) validOrigin = origin;
  return parsed;
}

/** Replaces every run of slashes by one, so that no path reads as "//host". */
export function collapseSlashes(path: string): string {
  return path.includes("//") ? path.replace(/\/{2,}/g, "/") : path;
}

/** Decodes a text; one with a malformed escape such as "%zz" stays as it is. */
export function decodeOrKeep(
  text: string,
  decode: (text: string) => string,
): string {
  try {
    return text.includes("%") ? decode(text) : text;
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
