/**
 * Addresses of admin pages. The mode lives in the URL alone — "?mode=test" on every link while the admin looks at the
 * test twin, nothing for live — so a link that forgets it silently leaves test mode: make every one of them here.
 */
import type { Mode } from "@/lib/keys/key_format.ts";

/** Values of a query; null, undefined and "" are left out, a list repeats its name. */
export type AdminQuery = Record<
  string,
  string | number | boolean | null | undefined | readonly string[]
>;

/** The address of an admin page in this mode. `path` may have a query and a fragment of its own; `query` wins. */
export function adminUrl(path: string, mode: Mode, query: AdminQuery = {}): string {
  const { pathname, searchParams, hash } = new URL(path, "http://admin.invalid");
  for (const [name, value] of Object.entries(query)) {
    searchParams.delete(name);
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== null && each !== undefined && each !== "") {
        searchParams.append(name, String(each));
      }
    }
  }
  searchParams.delete("mode");
  if (mode === "test") searchParams.set("mode", "test");
  const search = searchParams.toString();
  return pathname + (search === "" ? "" : `?${search}`) + hash;
}
