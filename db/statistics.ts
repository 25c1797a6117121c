/**
 * The database's statistics of tables that have grown since they were last looked at. Plans are made once for each
 * connection: one that was made while a table was empty reads it from its beginning to its end for ever after, also
 * when it has become large. Postgres looks by itself, but up to a minute late; the embedded database never does.
 */
import type { Sql } from "@/db/connect.ts";

/** Those that grow with every message, contact or request. */
const GROWING_TABLES = [
  "contacts",
  "conversations",
  "messages",
  "message_changes",
  "idempotency_keys",
  "meta_events",
  "api_requests",
];

/** Reading so many pages costs no more than a look-up. */
const SMALL_PAGES = 4;
/** Statistics of so many pages make every plan go by an index: from there on, newer ones would change nothing. */
const LARGE_PAGES = 1_000;

/**
 * Looks at those that have become twice as large and are not yet large, which makes every connection plan anew.
 *
 * @returns how many that were
 */
export async function refreshStatistics(sql: Sql): Promise<number> {
  const grown = await sql<{ name: string }[]>`
    select relname as name
    from pg_class
    where oid = any (array(select to_regclass(name) from unnest(${GROWING_TABLES}::text[]) as name))
      and relpages < ${LARGE_PAGES}
      and pg_relation_size(oid) / current_setting('block_size')::int
        > greatest(2 * relpages, ${SMALL_PAGES})
  `;
  for (const { name } of grown) await sql`analyze ${sql(name)}`;
  return grown.length;
}
