/**
 * The people of one account: who they are, who joins, who leaves. The password of one person is changed here by that
 * person; the operator's way is in users.ts.
 */
import postgres from "postgres";
import type { Sql, TransactionSql } from "@/db/connect.ts";
import { transaction } from "@/db/transaction.ts";
import { useLink } from "@/db/links.ts";
import { deleteOtherSessions } from "@/db/sessions.ts";

/** Somebody of the team. */
export interface MemberRow {
  id: string;
  email: string;
  owner: boolean;
  created_at: Date;
  /** When a living session of hers was last used; null without one. */
  last_seen_at: Date | null;
}

/** Who signs in: what is checked and where it leads. */
export interface CredentialsRow {
  id: string;
  account_id: string;
  email: string;
  password_hash: string;
}

/** What became of an invitation that somebody accepted. */
export type JoinOutcome =
  | { kind: "joined"; accountId: string; email: string }
  | { kind: "link_ended" }
  | { kind: "email_taken" };

/** Who has an e-mail address, or null. */
export async function findCredentials(sql: Sql, email: string): Promise<CredentialsRow | null> {
  const [row] = await sql<CredentialsRow[]>`
    select id, account_id, email, password_hash from users where email = ${email}
  `;
  return row ?? null;
}

/** The people of an account, the owner first. */
export async function listMembers(sql: Sql, accountId: string): Promise<MemberRow[]> {
  return await sql<MemberRow[]>`
    select
      id, email, owner, created_at,
      (select max(last_seen_at) from sessions where user_id = users.id and expires_at > now())
        as last_seen_at
    from users
    where account_id = ${accountId}
    order by owner desc, created_at, id
    limit 500
  `;
}

/**
 * Makes a user of an invitation, once. If the address signs in somewhere already the invitation stays as it was.
 * `andThen` runs in the same transaction.
 */
export async function joinTeam(
  sql: Sql,
  join: { tokenHash: Uint8Array; userId: string; passwordHash: string },
  andThen: (tx: TransactionSql, joined: { accountId: string; email: string }) => Promise<void>,
): Promise<JoinOutcome> {
  try {
    return await transaction(sql, async (tx): Promise<JoinOutcome> => {
      const link = await useLink(tx, { kind: "invitation", tokenHash: join.tokenHash });
      if (link === null || link.account_id === null || link.email === null) {
        return { kind: "link_ended" };
      }
      await tx`
        insert into users (id, account_id, email, password_hash)
        values (${join.userId}, ${link.account_id}, ${link.email}, ${join.passwordHash})
      `;
      const joined = { accountId: link.account_id, email: link.email };
      await andThen(tx, joined);
      return { kind: "joined", ...joined };
    });
  } catch (error) {
    if (
      error instanceof postgres.PostgresError && error.constraint_name === "users_email_key"
    ) return { kind: "email_taken" };
    throw error;
  }
}

/** Removes somebody with her sessions and the invitations she made; her address, or null. The owner stays. */
export async function deleteMember(
  sql: Sql,
  member: { accountId: string; id: string },
): Promise<string | null> {
  const [row] = await sql<{ email: string }[]>`
    delete from users
    where account_id = ${member.accountId} and id = ${member.id} and not owner
    returning email
  `;
  return row?.email ?? null;
}

/**
 * Stores a new password and ends all other sessions of that person; how many. Null, and nothing is changed, if the
 * password is not the one any more that was checked: the operator may have reset it meanwhile, to keep somebody out.
 */
export async function updateOwnPassword(
  sql: Sql,
  change: {
    accountId: string;
    userId: string;
    /** The stored password that was checked. */
    checkedHash: string;
    passwordHash: string;
    keepSessionId: string;
  },
): Promise<number | null> {
  const { accountId, userId, checkedHash, passwordHash, keepSessionId } = change;
  // Two statements: the second sees a session that began while the first waited for its row.
  return await transaction(sql, async (tx) => {
    const { count } = await tx`
      update users
      set password_hash = ${passwordHash}, updated_at = now()
      where account_id = ${accountId} and id = ${userId} and password_hash = ${checkedHash}
    `;
    if (count === 0) return null;
    return await deleteOtherSessions(tx, { userId, keepId: keepSessionId });
  });
}
