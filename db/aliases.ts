/**
 * Ids that were merged into others. When two contacts turn out to be one person, the one that is given up stays as a
 * row whose `merged_into` names the other, so that ids that callers hold go on working; the same with conversations.
 */
import type postgres from "postgres";
import type { Sql } from "@/db/connect.ts";

/**
 * A subquery: the id of the row that an id stands for now, however often it was merged; null if there is no such row
 * in the account.
 *
 * @param options.id an expression of type uuid
 */
export function survivingId(
  sql: Sql,
  options: { table: "contacts" | "conversations"; accountId: string; id: postgres.Fragment },
): postgres.Fragment {
  const { table, accountId, id } = options;
  // "union" drops rows that came before, so even a circle would end.
  return sql`(
    with recursive aliases as (
      select first.id, first.merged_into
      from ${sql(table)} as first
      where first.account_id = ${accountId} and first.id = ${id}
      union
      select next.id, next.merged_into
      from aliases
      join ${sql(table)} as next on next.account_id = ${accountId} and next.id = aliases.merged_into
    )
    select id from aliases where merged_into is null
  )`;
}
