/**
 * A WhatsApp set-up that is not finished: secrets that were given before the number is chosen. They pass through here
 * encrypted. One per account; connecting the number, or disconnecting, ends it.
 */
import type { Sql } from "@/db/connect.ts";

/** A row of `whatsapp_drafts`; at least one of the two secrets is there. */
export interface WhatsappDraftRow {
  account_id: string;
  access_token: string | null;
  app_secret: string | null;
  updated_at: Date;
}

/** The account's unfinished set-up, or null. */
export async function findWhatsappDraft(
  sql: Sql,
  accountId: string,
): Promise<WhatsappDraftRow | null> {
  const [row] = await sql<WhatsappDraftRow[]>`
    select account_id, access_token, app_secret, updated_at
    from whatsapp_drafts
    where account_id = ${accountId}
  `;
  return row ?? null;
}

/** Stores secrets of a set-up; what is null stays as it was. */
export async function saveWhatsappDraft(
  sql: Sql,
  draft: { accountId: string; accessToken: string | null; appSecret: string | null },
): Promise<void> {
  await sql`
    insert into whatsapp_drafts as d (account_id, access_token, app_secret)
    values (${draft.accountId}, ${draft.accessToken}, ${draft.appSecret})
    on conflict (account_id) do update
      set access_token = coalesce(excluded.access_token, d.access_token),
        app_secret = coalesce(excluded.app_secret, d.app_secret),
        updated_at = now()
  `;
}

/** Forgets an unfinished set-up. False: there was none. */
export async function deleteWhatsappDraft(sql: Sql, accountId: string): Promise<boolean> {
  const result = await sql`
    delete from whatsapp_drafts
    where account_id = ${accountId}
  `;
  return result.count === 1;
}

/** Every unfinished set-up, for `secrets rotate`. */
export async function listWhatsappDrafts(
  sql: Sql,
  options: { limit: number; afterAccountId: string | null },
): Promise<WhatsappDraftRow[]> {
  return await sql<WhatsappDraftRow[]>`
    select account_id, access_token, app_secret, updated_at
    from whatsapp_drafts
    where ${options.afterAccountId}::uuid is null or account_id > ${options.afterAccountId}::uuid
    order by account_id
    limit ${options.limit}
  `;
}

/** Replaces the secrets of a draft, unless it was changed since it was read. */
export async function updateWhatsappDraft(
  sql: Sql,
  change: { read: WhatsappDraftRow; accessToken: string | null; appSecret: string | null },
): Promise<boolean> {
  const result = await sql`
    update whatsapp_drafts
    set access_token = ${change.accessToken}, app_secret = ${change.appSecret}
    where account_id = ${change.read.account_id}
      and access_token is not distinct from ${change.read.access_token}
      and app_secret is not distinct from ${change.read.app_secret}
  `;
  return result.count === 1;
}
