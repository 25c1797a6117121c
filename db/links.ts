/**
 * One-time links: the set-up link, of which there is one while nobody can sign in, and invitations. Only the SHA-256
 * of a link's token is stored. Used ones stay until they are purged, so that a second click gets an honest answer.
 */
import type { Sql, TransactionSql } from "@/db/connect.ts";

/** How long a link works. */
export const LINK_HOURS = 24;

/** A link that somebody opened. */
export interface LinkRow {
  id: string;
  kind: "setup" | "invitation";
  state: "open" | "used" | "expired";
  /** Of invitations; null for the set-up. */
  account_id: string | null;
  account_name: string | null;
  email: string | null;
  invited_by: string | null;
}

/** An invitation in the list of the team. */
export interface InvitationRow {
  id: string;
  email: string;
  invited_by: string;
  created_at: Date;
  expires_at: Date;
  is_expired: boolean;
}

/** An invitation to store. */
export interface NewInvitation {
  id: string;
  tokenHash: Uint8Array;
  accountId: string;
  email: string;
  createdBy: string;
}

/** Stores the set-up link in the place of the one before; false: somebody can sign in already. */
export async function replaceSetupLink(
  sql: Sql,
  link: { id: string; tokenHash: Uint8Array },
): Promise<boolean> {
  const { count } = await sql`
    insert into links (token_hash, id, kind, expires_at)
    select ${link.tokenHash}, ${link.id}, 'setup', now() + make_interval(hours => ${LINK_HOURS})
    where not exists (select from users)
    on conflict (kind) where kind = 'setup' do update
      set
        token_hash = excluded.token_hash,
        id = excluded.id,
        created_at = now(),
        expires_at = excluded.expires_at,
        used_at = null
  `;
  return count > 0;
}

/** The link of a token, or null. */
export async function findLink(
  sql: Sql,
  link: { kind: LinkRow["kind"]; tokenHash: Uint8Array },
): Promise<LinkRow | null> {
  const [row] = await sql<LinkRow[]>`
    select
      links.id, links.kind, links.account_id, links.email, accounts.name as account_name,
      users.email as invited_by,
      case
        when links.used_at is not null then 'used'
        when links.expires_at <= now() then 'expired'
        else 'open'
      end as state
    from links
    left join accounts on accounts.id = links.account_id
    left join users on users.id = links.created_by
    where links.token_hash = ${link.tokenHash} and links.kind = ${link.kind}
  `;
  return row ?? null;
}

/** Marks a link as used, if it still works: of many at once, one gets it. Gives whom an invitation was for. */
export async function useLink(
  tx: TransactionSql,
  link: { kind: LinkRow["kind"]; tokenHash: Uint8Array },
): Promise<{ id: string; account_id: string | null; email: string | null } | null> {
  const [row] = await tx<{ id: string; account_id: string | null; email: string | null }[]>`
    update links
    set used_at = now()
    where token_hash = ${link.tokenHash} and kind = ${link.kind}
      and used_at is null and expires_at > now()
    returning id, account_id, email
  `;
  return row ?? null;
}

/** Stores an invitation, in the place of an unused one for the same address. */
export async function insertInvitation(sql: Sql, invitation: NewInvitation): Promise<void> {
  await sql`
    insert into links (token_hash, id, kind, account_id, email, created_by, expires_at)
    values (
      ${invitation.tokenHash}, ${invitation.id}, 'invitation', ${invitation.accountId},
      ${invitation.email}, ${invitation.createdBy}, now() + make_interval(hours => ${LINK_HOURS})
    )
    on conflict (account_id, email) where kind = 'invitation' and used_at is null do update
      set
        token_hash = excluded.token_hash,
        id = excluded.id,
        created_by = excluded.created_by,
        created_at = now(),
        expires_at = excluded.expires_at
  `;
}

/** The invitations of an account that nobody has used, the newest first. */
export async function listInvitations(sql: Sql, accountId: string): Promise<InvitationRow[]> {
  return await sql<InvitationRow[]>`
    select
      links.id, links.email, users.email as invited_by, links.created_at, links.expires_at,
      links.expires_at <= now() as is_expired
    from links
    join users on users.id = links.created_by
    where links.account_id = ${accountId} and links.kind = 'invitation' and links.used_at is null
    order by links.created_at desc, links.id desc
    limit 200
  `;
}

/** Withdraws an invitation that nobody has used; whom it was for, or null. */
export async function deleteInvitation(
  sql: Sql,
  invitation: { accountId: string; id: string },
): Promise<string | null> {
  const [row] = await sql<{ email: string }[]>`
    delete from links
    where account_id = ${invitation.accountId} and id = ${invitation.id}
      and kind = 'invitation' and used_at is null
    returning email
  `;
  return row?.email ?? null;
}

/** Deletes a batch of links that ended 30 days ago. */
export async function deleteOldLinks(sql: Sql, options: { limit: number }): Promise<number> {
  const { count } = await sql`
    delete from links
    where token_hash in (
      select token_hash from links
      where expires_at < now() - interval '30 days'
      limit ${options.limit}
      for update skip locked
    )
  `;
  return count;
}
