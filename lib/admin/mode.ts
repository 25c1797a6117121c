/** The mode of a page lives in its URL: "?mode=test" is the test twin, everything else is live. */
import type { Mode } from "@/lib/keys/key_format.ts";

/** The mode that a URL names. */
export function readMode(url: URL): Mode {
  return url.searchParams.get("mode") === "test" ? "test" : "live";
}

/** A local path with the mode in its query, which may have other parameters. */
export function withMode(path: string, mode: Mode): string {
  const url = new URL(path, "http://local.invalid");
  url.searchParams.delete("mode");
  if (mode === "test") url.searchParams.set("mode", "test");
  return url.pathname + url.search + url.hash;
}
