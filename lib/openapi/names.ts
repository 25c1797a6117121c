/** How components of the document are named. */

/** "sendMessage" or "bad_request" as "SendMessage" or "BadRequest". */
export function pascalCase(name: string): string {
  return name.split("_").map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}
