/**
 * What is known of an integration's health: when its secrets were set, the last answers of Meta, what its webhook was
 * last seen doing, and whether it was proved by a message that was delivered and answered. Read in one query, because
 * every page of the admin UI asks for it.
 */
import type { Sql } from "@/db/connect.ts";
import type { MessageStatus, StoredMessageError } from "@/db/messages.ts";

/** One answer to a question put to Meta, as it is stored. */
export interface StoredCheck {
  name: string;
  state: "ok" | "warn" | "fail" | "unknown";
  detail: string;
  /** What to do about it. */
  fix: string | null;
  /** ISO 8601. */
  checked_at: string;
}

/** An account's integration with everything known of its health. */
export interface IntegrationHealthRow {
  account_id: string;
  mode: "live" | "test";
  /** Null: the account never had an integration; then the rest is null too. */
  id: string | null;
  status: "connected" | "unverified" | "disconnected" | null;
  phone_number_id: string | null;
  waba_id: string | null;
  display_phone_number: string | null;
  verified_name: string | null;
  access_token_set_at: Date | null;
  app_secret_set_at: Date | null;
  verify_token_set_at: Date | null;
  app_id: string | null;
  app_name: string | null;
  token_expires_at: Date | null;
  token_failed_at: Date | null;
  token_failure: string | null;
  checks: StoredCheck[] | null;
  sending_only_at: Date | null;
  last_handshake_at: Date | null;
  last_handshake_ok: boolean | null;
  last_handshake_error: string | null;
  last_event_at: Date | null;
  last_signature_failure_at: Date | null;
  /** Secrets were given, but no number is chosen yet. */
  has_draft: boolean;
  /** The message that is to prove the integration; null: none was sent. */
  proof_message_id: string | null;
  proof_status: MessageStatus | null;
  proof_recipient: string | null;
  proof_sent_at: Date | null;
  proof_error: StoredMessageError | null;
  /** When somebody wrote back in the same conversation. */
  proof_answered_at: Date | null;
  proof_answer: string | null;
}

/** The health of an account's integration; null: there is no such account. */
export async function findIntegrationHealth(
  sql: Sql,
  accountId: string,
): Promise<IntegrationHealthRow | null> {
  const [row] = await sql<IntegrationHealthRow[]>`
    select
      a.id as account_id, a.mode, i.id, i.status, i.phone_number_id, i.waba_id, i.display_phone_number,
      i.verified_name, i.access_token_set_at, i.app_secret_set_at, i.verify_token_set_at, i.app_id,
      i.app_name, i.token_expires_at, i.token_failed_at, i.token_failure, i.checks, i.sending_only_at,
      h.last_handshake_at, h.last_handshake_ok, h.last_handshake_error, h.last_event_at,
      h.last_signature_failure_at,
      exists (select from whatsapp_drafts d where d.account_id = a.id) as has_draft,
      m.id as proof_message_id, m.status as proof_status, m.recipient as proof_recipient,
      m.created_at as proof_sent_at, m.error as proof_error,
      answer.created_at as proof_answered_at, answer.body as proof_answer
    from accounts a
    left join whatsapp_integrations i on i.account_id = a.id
    left join webhook_health h on h.account_id = a.id and h.integration_id = i.id
    left join messages m on m.account_id = a.id and m.id = i.proof_message_id
    left join lateral (
      select r.created_at, r.body
      from messages r
      where r.account_id = a.id
        and r.conversation_id = m.conversation_id
        and r.direction = 'inbound'
        -- Meta tells the time of an answer in whole seconds.
        and r.created_at >= date_trunc('second', m.created_at)
      order by r.created_at, r.id
      limit 1
    ) answer on true
    where a.id = ${accountId}
  `;
  return row ?? null;
}

/** Stores Meta's answers, and what it told about the token. A success also ends the note that the token failed. */
export async function saveChecks(
  sql: Sql,
  result: {
    accountId: string;
    checks: StoredCheck[];
    /** Null: Meta told nothing about the token, and what is known stays. */
    token: { appId: string | null; appName: string | null; expiresAt: Date | null } | null;
    /** "works" or "refused" as Meta just showed, null when it did not. */
    tokenState: { works: true } | { works: false; reason: string } | null;
    /** Null: what is known stays. */
    phoneNumber: { displayPhoneNumber: string | null; verifiedName: string | null } | null;
  },
): Promise<void> {
  const { accountId, checks, token, tokenState, phoneNumber } = result;
  const works = tokenState?.works ?? null;
  const reason = tokenState === null || tokenState.works ? null : tokenState.reason;
  await sql`
    update whatsapp_integrations
    set checks = ${sql.json(checks.map((check) => ({ ...check })))},
      app_id = case when ${token !== null} then ${token?.appId ?? null} else app_id end,
      app_name = case when ${token !== null} then ${token?.appName ?? null} else app_name end,
      token_expires_at = case
        when ${token !== null} then ${token?.expiresAt ?? null}::timestamptz
        else token_expires_at
      end,
      token_failed_at = case ${works}::boolean
        when true then null
        when false then coalesce(token_failed_at, now())
        else token_failed_at
      end,
      token_failure = case ${works}::boolean
        when true then null
        when false then ${reason}
        else token_failure
      end,
      status = case when ${phoneNumber !== null} then 'connected' else status end,
      display_phone_number = coalesce(${
    phoneNumber?.displayPhoneNumber ?? null
  }, display_phone_number),
      verified_name = coalesce(${phoneNumber?.verifiedName ?? null}, verified_name)
    where account_id = ${accountId} and status <> 'disconnected'
  `;
}

/** The secrets that can be changed one by one. */
export type SecretColumn = "access_token" | "app_secret" | "verify_token";

/** Replaces one secret (encrypted). A new access token is trusted until Meta refuses it. False: not connected. */
export async function replaceSecret(
  sql: Sql,
  change: { accountId: string; integrationId: string; column: SecretColumn; value: string },
): Promise<boolean> {
  const { accountId, integrationId, column, value } = change;
  const result = await sql`
    update whatsapp_integrations
    set ${sql(column)} = ${value},
      ${sql(`${column}_set_at`)} = clock_timestamp(),
      ${
    column === "access_token"
      ? sql`token_failed_at = null, token_failure = null, token_expires_at = null,`
      : sql``
  }
      updated_at = now()
    where account_id = ${accountId} and id = ${integrationId} and status <> 'disconnected'
  `;
  return result.count === 1;
}

/** Ends the set-up without a webhook, or takes that back. */
export async function setSendingOnly(
  sql: Sql,
  options: { accountId: string; sendingOnly: boolean },
): Promise<boolean> {
  const result = await sql`
    update whatsapp_integrations
    set sending_only_at = ${options.sendingOnly ? sql`now()` : null}
    where account_id = ${options.accountId} and status <> 'disconnected'
  `;
  return result.count === 1;
}

/** Names the message that is to prove the integration. */
export async function setProofMessage(
  sql: Sql,
  options: { accountId: string; messageId: string },
): Promise<void> {
  await sql`
    update whatsapp_integrations
    set proof_message_id = ${options.messageId}
    where account_id = ${options.accountId} and status <> 'disconnected'
  `;
}
