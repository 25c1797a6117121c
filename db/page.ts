/**
 * One page of a list: the newest rows first, by (created_at, id), from a position on. A position is that of a row, not
 * a number of rows: what is inserted meanwhile is newer, so it moves nothing and no row comes twice.
 */
import type postgres from "postgres";
import type { Sql } from "@/db/connect.ts";

/** The place of a row in a list. */
export interface Position {
  createdAt: Date;
  id: string;
}

/** Which rows of a list are wanted. */
export interface PageRequest {
  /** How many at most. A list returns one more if there is one, which tells that another page follows. */
  limit: number;
  /** The last row of the page before; null for the first page. */
  after: Position | null;
}

/** The condition that leaves out the pages before, beginning with "and"; `table` is the name or alias of the rows. */
export function rowsAfter(
  sql: Sql,
  options: { after: Position | null; table: string },
): postgres.Fragment {
  const { after, table } = options;
  if (after === null) return sql``;
  return sql`
    and (${sql(table)}.created_at, ${sql(table)}.id)
      < (${after.createdAt}::timestamptz, ${after.id}::uuid)
  `;
}
