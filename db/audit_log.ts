/** The audit log: what people did in the admin UI. Entries belong to the live account and are never changed. */
import type { Sql, TransactionSql } from "@/db/connect.ts";
import { type PageRequest, rowsAfter } from "@/db/page.ts";

type Details = Record<string, string | number | boolean | null>;

/** A row of `audit_log`. */
export interface AuditRow {
  id: string;
  user_email: string | null;
  action: string;
  target_type: string;
  target_id: string;
  mode: "live" | "test";
  details: Details;
  created_at: Date;
}

/** An entry to store. */
export interface NewAuditEntry {
  id: string;
  accountId: string;
  userId: string | null;
  userEmail: string | null;
  action: string;
  targetType: string;
  targetId: string;
  mode: "live" | "test";
  details: Details;
}

/** Stores an entry, also inside a transaction. */
export async function insertAuditEntry(
  sql: Sql | TransactionSql,
  entry: NewAuditEntry,
): Promise<void> {
  await sql`
    insert into audit_log (
      account_id, id, user_id, user_email, action, target_type, target_id, mode, details
    )
    values (
      ${entry.accountId}, ${entry.id}, ${entry.userId}, ${entry.userEmail}, ${entry.action},
      ${entry.targetType}, ${entry.targetId}, ${entry.mode}, ${sql.json(entry.details)}
    )
  `;
}

/** A page of an account's entries, the newest first; one more row than asked for tells that another page follows. */
export async function listAuditEntries(
  sql: Sql,
  options: { accountId: string; page: PageRequest },
): Promise<AuditRow[]> {
  const { accountId, page } = options;
  return await sql<AuditRow[]>`
    select id, user_email, action, target_type, target_id, mode, details, created_at
    from audit_log
    where account_id = ${accountId} ${rowsAfter(sql, { after: page.after, table: "audit_log" })}
    order by created_at desc, id desc
    limit ${page.limit + 1}
  `;
}
