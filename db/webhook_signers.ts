/**
 * Which integrations may sign webhooks, and what their webhooks were last seen doing.
 */
import type { Sql } from "@/db/connect.ts";
import type { IntegrationRow } from "@/db/integrations.ts";

/** All connected integrations, with encrypted secrets; the oldest first. */
export async function listConnectedIntegrations(sql: Sql): Promise<IntegrationRow[]> {
  return await sql<IntegrationRow[]>`
    select
      id, account_id, phone_number_id, waba_id, access_token, app_secret, verify_token, status,
      display_phone_number, verified_name, created_at, updated_at
    from whatsapp_integrations
    where status <> 'disconnected'
    order by id
    limit 10000
  `;
}

/** Notes a handshake; `error` says why it failed. */
export async function recordHandshake(
  sql: Sql,
  handshake: { accountId: string; integrationId: string; error: string | null },
): Promise<void> {
  const { accountId, integrationId, error } = handshake;
  await sql`
    insert into webhook_health (
      account_id, integration_id, last_handshake_at, last_handshake_ok, last_handshake_error
    )
    values (${accountId}, ${integrationId}, now(), ${error === null}, ${error})
    on conflict (account_id, integration_id) do update
      set last_handshake_at = excluded.last_handshake_at,
        last_handshake_ok = excluded.last_handshake_ok,
        last_handshake_error = excluded.last_handshake_error
  `;
}

/** Adds what was seen since the last note. */
export async function recordWebhookTraffic(
  sql: Sql,
  traffic: {
    accountId: string;
    integrationId: string;
    lastEventAt: Date | null;
    signatureFailures: number;
    lastSignatureFailureAt: Date | null;
  },
): Promise<void> {
  await sql`
    insert into webhook_health as h (
      account_id, integration_id, last_event_at, signature_failures, last_signature_failure_at
    )
    values (
      ${traffic.accountId}, ${traffic.integrationId}, ${traffic.lastEventAt},
      ${traffic.signatureFailures}, ${traffic.lastSignatureFailureAt}
    )
    on conflict (account_id, integration_id) do update
      set last_event_at = greatest(h.last_event_at, excluded.last_event_at),
        signature_failures = h.signature_failures + excluded.signature_failures,
        last_signature_failure_at = greatest(
          h.last_signature_failure_at,
          excluded.last_signature_failure_at
        )
  `;
}
