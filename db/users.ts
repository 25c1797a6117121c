/**
 * People who may sign in to the admin UI. A user belongs to one live account; the e-mail address is unique over the
 * whole server and lower-cased by the caller.
 */
import postgres from "postgres";
import { type AccountPair, insertAccountPair, updateAccountName } from "@/db/accounts.ts";
import type { Sql, TransactionSql } from "@/db/connect.ts";
import { transaction } from "@/db/transaction.ts";
import { useLink } from "@/db/links.ts";

/** A row of `users`, without the password. */
export interface UserRow {
  id: string;
  account_id: string;
  email: string;
  owner: boolean;
  created_at: Date;
}

/** A user to store. */
export interface NewUser {
  id: string;
  accountId: string;
  email: string;
  passwordHash: string;
}

// Any number does, as long as no other part of the product takes the same one.
const FIRST_ADMIN_LOCK_ID = 7_126_002;

/** Stores a user; the first of an account is its owner. */
export async function insertUser(sql: Sql, user: NewUser): Promise<"created" | "email_taken"> {
  try {
    await insertRow(sql, user);
    return "created";
  } catch (error) {
    if (
      error instanceof postgres.PostgresError && error.constraint_name === "users_email_key"
    ) return "email_taken";
    throw error;
  }
}

/** What became of the first user. */
export type FirstAdminOutcome =
  | { kind: "created"; accountId: string }
  | { kind: "not_first" | "several_accounts" | "link_ended" };

/**
 * Stores the first user of the server, in the only live account or else in a new one; all or nothing, also when
 * several processes try at once. With a set-up link the link is used up, and the account takes the name that was
 * chosen. `andThen` runs in the same transaction.
 */
export async function insertFirstAdmin(
  sql: Sql,
  admin: {
    user: Omit<NewUser, "accountId">;
    newAccount: AccountPair;
    setupTokenHash?: Uint8Array;
    andThen?: (tx: TransactionSql, accountId: string) => Promise<void>;
  },
): Promise<FirstAdminOutcome> {
  const { user, newAccount, setupTokenHash } = admin;
  return await transaction(sql, async (tx): Promise<FirstAdminOutcome> => {
    await tx`select pg_advisory_xact_lock(${FIRST_ADMIN_LOCK_ID})`;
    if (await hasUsers(tx)) return { kind: "not_first" };
    const live = await tx<{ id: string }[]>`select id from accounts where mode = 'live' limit 2`;
    if (live.length > 1) return { kind: "several_accounts" };
    if (
      setupTokenHash !== undefined &&
      await useLink(tx, { kind: "setup", tokenHash: setupTokenHash }) === null
    ) return { kind: "link_ended" };
    const [account] = live;
    if (account === undefined) await insertAccountPair(tx, newAccount);
    else if (setupTokenHash !== undefined) {
      await updateAccountName(tx, { id: account.id, name: newAccount.name });
    }
    const accountId = account?.id ?? newAccount.id;
    const { count } = await tx`
      insert into users (id, account_id, email, password_hash, owner)
      select ${user.id}, ${accountId}, ${user.email}, ${user.passwordHash}, true
      where not exists (select from users)
    `;
    if (count === 0) return { kind: "not_first" };
    await admin.andThen?.(tx, accountId);
    return { kind: "created", accountId };
  });
}

async function insertRow(sql: Sql | TransactionSql, user: NewUser): Promise<void> {
  await sql`
    insert into users (id, account_id, email, password_hash, owner)
    values (
      ${user.id}, ${user.accountId}, ${user.email}, ${user.passwordHash},
      not exists (select from users where account_id = ${user.accountId})
    )
  `;
}

/** Whether anybody can sign in. */
export async function hasUsers(sql: Sql | TransactionSql): Promise<boolean> {
  const rows = await sql`select from users limit 1`;
  return rows.length > 0;
}

/** All users, the oldest first. */
export async function listUsers(sql: Sql): Promise<UserRow[]> {
  return await sql<UserRow[]>`
    select id, account_id, email, owner, created_at
    from users
    order by created_at, id
    limit 10000
  `;
}

/** Changes a password and ends all sessions of that user. Null: no user has that address. */
export async function updatePassword(
  sql: Sql,
  change: { email: string; passwordHash: string },
): Promise<{ id: string; email: string } | null> {
  // Two statements: the second sees a session that began while the first waited for its row.
  return await transaction(sql, async (tx) => {
    const [row] = await tx<{ id: string; email: string }[]>`
      update users
      set password_hash = ${change.passwordHash}, updated_at = now()
      where email = ${change.email}
      returning id, email
    `;
    if (row === undefined) return null;
    await tx`delete from sessions where user_id = ${row.id}`;
    return row;
  });
}
