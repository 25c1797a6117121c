/** What a query costs in rows, by the database's own count: the same on a busy machine as on an idle one. */
import type { Sql } from "@/db/connect.ts";

/** How a table was read. */
export interface Touched {
  /** How often from its beginning to its end. */
  scans: number;
  /** How many rows in all. */
  rows: number;
}

/** Runs a query on one connection and tells what it read of a table. */
export async function countTouched(
  sql: Sql,
  options: { tables: string[]; run: (sql: Sql) => Promise<unknown> },
): Promise<Map<string, Touched>> {
  return await sql.begin(async (tx) => {
    // The counts are those since the connection last reported, which may be some transactions ago.
    const count = async () =>
      new Map(
        (await tx<(Touched & { table: string })[]>`
          select relname as table, seq_scan::int as scans, (seq_tup_read + idx_tup_fetch)::int as rows
          from pg_stat_xact_user_tables where relname::text = any (${options.tables}::text[])
        `).map(({ table, ...touched }) => [table, touched]),
      );
    const before = await count();
    await options.run(tx as unknown as Sql);
    const after = await count();
    return new Map(
      [...after].map(([table, { scans, rows }]) => [table, {
        scans: scans - (before.get(table)?.scans ?? 0),
        rows: rows - (before.get(table)?.rows ?? 0),
      }]),
    );
  });
}
