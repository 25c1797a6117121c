/** All that the database holds, as text: to find a value wherever it went, and to show that rows stayed as they were. */
import type { Harness } from "@/tests/helpers/harness.ts";

type Query = Pick<Harness, "query">;

/** A column of a table. */
export interface Column {
  table: string;
  column: string;
  /** As Postgres names it: "text", "jsonb", "ARRAY", "uuid" … */
  type: string;
  isGenerated: boolean;
}

// Whose rows those are that do not say it themselves; null: nobody's.
const OWNERS: Record<string, string | null> = {
  accounts: "id",
  sessions: "(select account_id from users where users.id = t.user_id)",
  rate_limit_states: "(select account_id from api_keys where api_keys.id = t.key_id)",
  schema_migrations: null,
  sign_in_attempts: null,
};

/** Every column of every table. */
export async function listColumns(harness: Query): Promise<Column[]> {
  const rows = await harness.query<Record<string, string>>(
    `select table_name, column_name, data_type, is_generated
     from information_schema.columns join information_schema.tables using (table_schema, table_name)
     where table_schema = 'public' and table_type = 'BASE TABLE'
     order by table_name, ordinal_position`,
  );
  return rows.map((row) => ({
    table: row.table_name ?? "",
    column: row.column_name ?? "",
    type: row.data_type ?? "",
    isGenerated: row.is_generated === "ALWAYS",
  }));
}

/** Every row of every table as JSON; bytes are hexadecimal. By table. */
export function dumpDatabase(harness: Query): Promise<Map<string, string[]>> {
  return dump(harness, () => "true", []);
}

/**
 * The rows of accounts, by table; throws for a table of which it does not know whose its rows are.
 *
 * @param options.without tables that are left out
 */
export function dumpAccounts(
  harness: Query,
  options: { accountIds: string[]; without?: string[] },
): Promise<Map<string, string[]>> {
  return dump(
    harness,
    (owner) => owner === null ? null : `${owner} = any(string_to_array($1, ',')::uuid[])`,
    [
      options.accountIds.join(","),
    ],
    options.without,
  );
}

/** The SQL expression of the account that a row "t" of a table belongs to; null: no account. */
export function ownerOf(table: string, columns: Column[]): string | null {
  const owner = OWNERS[table];
  if (owner !== undefined) return owner === "id" ? "t.id" : owner;
  if (columns.some((each) => each.table === table && each.column === "account_id")) {
    return "t.account_id";
  }
  throw new Error(`Say in OWNERS whose the rows of "${table}" are`);
}

async function dump(
  harness: Query,
  condition: (owner: string | null) => string | null,
  params: string[],
  without: string[] = [],
): Promise<Map<string, string[]>> {
  const columns = await listColumns(harness);
  const tables = [...new Set(columns.map(({ table }) => table))];
  const result = new Map<string, string[]>();
  for (const table of tables.filter((name) => !without.includes(name))) {
    const where = condition(ownerOf(table, columns));
    if (where === null) continue;
    const rows = await harness.query<{ row: string }>(
      `select to_jsonb(t)::text as row from ${table} t where ${where} order by 1`,
      params,
    );
    result.set(table, rows.map(({ row }) => row));
  }
  return result;
}
