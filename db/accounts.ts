/**
 * Accounts: always a pair, a live one and its test twin. The twin's integration is the sandbox and is created with
 * it, so that test mode needs nothing from Meta.
 */
import type { Sql, TransactionSql } from "@/db/connect.ts";

/** A row of `accounts`. */
export interface AccountRow {
  id: string;
  name: string;
  mode: "live" | "test";
  live_account_id: string | null;
  created_at: Date;
}

/** The sandbox integration of a test twin; the secrets are encrypted. */
export interface SandboxIntegration {
  id: string;
  phoneNumberId: string;
  wabaId: string;
  accessToken: string;
  appSecret: string;
  verifyToken: string;
  displayPhoneNumber: string;
}

/** An account to store: the live one, its test twin, and the twin's sandbox. */
export interface AccountPair {
  id: string;
  testId: string;
  name: string;
  sandbox: SandboxIntegration;
}

/** Stores the pair and the twin's sandbox, all or nothing; also inside a transaction. */
export async function insertAccountPair(
  sql: Sql | TransactionSql,
  pair: AccountPair,
): Promise<void> {
  const { sandbox } = pair;
  await sql`
    with pair as (
      insert into accounts (id, name, mode, live_account_id)
      values (${pair.id}, ${pair.name}, 'live', null), (${pair.testId}, ${pair.name}, 'test', ${pair.id})
    )
    insert into whatsapp_integrations (
      id, account_id, phone_number_id, waba_id, access_token, app_secret, verify_token, status,
      display_phone_number, verified_name
    )
    values (
      ${sandbox.id}, ${pair.testId}, ${sandbox.phoneNumberId}, ${sandbox.wabaId},
      ${sandbox.accessToken}, ${sandbox.appSecret}, ${sandbox.verifyToken}, 'connected',
      ${sandbox.displayPhoneNumber}, ${pair.name}
    )
  `;
}

/** All accounts, the oldest first, a live one before its twin. */
export async function listAccounts(sql: Sql): Promise<AccountRow[]> {
  return await sql<AccountRow[]>`
    select id, name, mode, live_account_id, created_at
    from accounts
    order by coalesce(live_account_id, id), mode
    limit 10000
  `;
}

/** The test twin of a live account, or null. */
export async function findTestAccount(sql: Sql, liveAccountId: string): Promise<AccountRow | null> {
  const [row] = await sql<AccountRow[]>`
    select id, name, mode, live_account_id, created_at
    from accounts
    where live_account_id = ${liveAccountId}
  `;
  return row ?? null;
}

/** The live account of an account, which may be that one itself. Users and the audit log belong to it. */
export async function findLiveAccountId(
  sql: Sql | TransactionSql,
  accountId: string,
): Promise<string> {
  const [row] = await sql<{ id: string }[]>`
    select coalesce(live_account_id, id) as id from accounts where id = ${accountId}
  `;
  if (row === undefined) throw new Error(`There is no account ${accountId}`);
  return row.id;
}

/** Renames a live account and its twin; the name before, or null if there is no such account. */
export async function updateAccountName(
  sql: Sql | TransactionSql,
  account: { id: string; name: string },
): Promise<string | null> {
  const [row] = await sql<{ name: string }[]>`
    with before as (
      select id, name from accounts where id = ${account.id} for update
    ),
    renamed as (
      update accounts
      set name = ${account.name}, updated_at = now()
      where id = ${account.id} or live_account_id = ${account.id}
    )
    select name from before
  `;
  return row?.name ?? null;
}
