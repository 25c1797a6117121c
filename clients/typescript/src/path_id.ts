/** Ids in paths. */

/**
 * An id as a part of a path.
 *
 * @throws TypeError for what cannot be one: an empty id would ask for the whole list
 */
export function pathId(id: string): string {
  if (typeof id === "string" && /^[A-Za-z0-9_-]{1,100}$/.test(id)) return id;
  throw new TypeError("The id must be one that the API gave, such as a message_id");
}
