/**
 * Ids of all rows: UUIDv7 (RFC 9562), made by the application so that a row's id is known before the row is written
 * and so that ids of one process sort by their time of creation.
 */
import { v7 } from "uuid";

/** A new id. */
export function makeId(): string {
  return v7();
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text has the form of an id; Postgres refuses any other with an error. */
export function isId(text: string): boolean {
  return UUID.test(text);
}
