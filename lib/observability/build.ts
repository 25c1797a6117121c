/** Which build of the server this is, for `build_info`. */
import config from "@/deno.json" with { type: "json" };

/** The release, as deno.json names it; "unreleased" where it names none. */
export const VERSION: string = versionOf(config);

function versionOf(value: object): string {
  return "version" in value && typeof value.version === "string" ? value.version : "unreleased";
}
