/**
 * WhatsApp integrations: one per account, kept as a row when it is disconnected (its id stays, its secrets and its
 * number go). Secrets pass through here encrypted.
 */
import postgres from "postgres";
import type { Sql } from "@/db/connect.ts";

/** A row of `whatsapp_integrations`; the three secrets are encrypted. */
export interface IntegrationRow {
  id: string;
  account_id: string;
  phone_number_id: string | null;
  waba_id: string | null;
  access_token: string | null;
  app_secret: string | null;
  verify_token: string | null;
  status: "connected" | "unverified" | "disconnected";
  display_phone_number: string | null;
  verified_name: string | null;
  created_at: Date;
  updated_at: Date;
}

/** A connection to store; the secrets are encrypted for the row `id`. */
export interface IntegrationConnection {
  id: string;
  accountId: string;
  phoneNumberId: string;
  wabaId: string;
  accessToken: string;
  appSecret: string;
  verifyToken: string;
  status: "connected" | "unverified";
  displayPhoneNumber: string | null;
  verifiedName: string | null;
}

const COLUMNS = [
  "id",
  "account_id",
  "phone_number_id",
  "waba_id",
  "access_token",
  "app_secret",
  "verify_token",
  "status",
  "display_phone_number",
  "verified_name",
  "created_at",
  "updated_at",
];

/** The integration of an account, also a disconnected one, or null. */
export async function findIntegration(sql: Sql, accountId: string): Promise<IntegrationRow | null> {
  const [row] = await sql<IntegrationRow[]>`
    select ${sql(COLUMNS)} from whatsapp_integrations where account_id = ${accountId}
  `;
  return row ?? null;
}

/** The integration that has a phone number id, or null. */
export async function findIntegrationByNumber(
  sql: Sql,
  phoneNumberId: string,
): Promise<IntegrationRow | null> {
  const [row] = await sql<IntegrationRow[]>`
    select ${sql(COLUMNS)} from whatsapp_integrations where phone_number_id = ${phoneNumberId}
  `;
  return row ?? null;
}

/**
 * Connects an account: a new row, or the account's row anew (its id must then be the row's own).
 *
 * @returns the row, or null when another account holds that phone number id
 */
export async function saveIntegration(
  sql: Sql,
  connection: IntegrationConnection,
): Promise<IntegrationRow | null> {
  try {
    const [row] = await sql<IntegrationRow[]>`
      insert into whatsapp_integrations (
        id, account_id, phone_number_id, waba_id, access_token, app_secret, verify_token, status,
        display_phone_number, verified_name
      )
      values (
        ${connection.id}, ${connection.accountId}, ${connection.phoneNumberId}, ${connection.wabaId},
        ${connection.accessToken}, ${connection.appSecret}, ${connection.verifyToken},
        ${connection.status}, ${connection.displayPhoneNumber}, ${connection.verifiedName}
      )
      on conflict (account_id) do update
        set phone_number_id = excluded.phone_number_id,
          waba_id = excluded.waba_id,
          access_token = excluded.access_token,
          app_secret = excluded.app_secret,
          verify_token = excluded.verify_token,
          status = excluded.status,
          display_phone_number = excluded.display_phone_number,
          verified_name = excluded.verified_name,
          ${forgetHealth(sql)},
          updated_at = now()
        where whatsapp_integrations.id = excluded.id
      returning ${sql(COLUMNS)}
    `;
    if (row === undefined) {
      throw new Error("The integration was changed by someone else: try again");
    }
    return row;
  } catch (error) {
    if (isNumberTaken(error)) return null;
    throw error;
  }
}

/**
 * Gives an integration another number; its secrets stay.
 *
 * @returns false when another account holds that phone number id, or the integration was disconnected meanwhile
 */
export async function changeIntegrationNumber(
  sql: Sql,
  change: {
    accountId: string;
    id: string;
    phoneNumberId: string;
    wabaId: string;
    displayPhoneNumber: string | null;
    verifiedName: string | null;
  },
): Promise<boolean> {
  try {
    const result = await sql`
      update whatsapp_integrations
      set phone_number_id = ${change.phoneNumberId},
        waba_id = ${change.wabaId},
        display_phone_number = ${change.displayPhoneNumber},
        verified_name = ${change.verifiedName},
        status = 'connected',
        checks = '[]',
        proof_message_id = null,
        updated_at = now()
      where account_id = ${change.accountId} and id = ${change.id} and status <> 'disconnected'
    `;
    return result.count === 1;
  } catch (error) {
    if (isNumberTaken(error)) return false;
    throw error;
  }
}

function isNumberTaken(error: unknown): boolean {
  return error instanceof postgres.PostgresError &&
    error.constraint_name === "whatsapp_integrations_phone_number_id_key";
}

/** What was known of the connection before: its secrets are new now, or gone. */
function forgetHealth(sql: Sql): postgres.Fragment {
  return sql`
    access_token_set_at = now(),
    app_secret_set_at = now(),
    verify_token_set_at = now(),
    app_id = null,
    app_name = null,
    token_expires_at = null,
    token_failed_at = null,
    token_failure = null,
    checks = '[]',
    sending_only_at = null,
    proof_message_id = null
  `;
}

/** Deletes the secrets of an account's integration and frees its number. Null: the account has none. */
export async function disconnectIntegration(
  sql: Sql,
  accountId: string,
): Promise<IntegrationRow | null> {
  const [row] = await sql<IntegrationRow[]>`
    update whatsapp_integrations
    set status = 'disconnected',
      phone_number_id = null,
      access_token = null,
      app_secret = null,
      verify_token = null,
      ${forgetHealth(sql)},
      updated_at = now()
    where account_id = ${accountId}
    returning ${sql(COLUMNS)}
  `;
  return row ?? null;
}

/** Every integration that has secrets, for the key check at start and for `secrets rotate`. */
export async function listIntegrationsWithSecrets(
  sql: Sql,
  options: { limit: number; afterId: string | null },
): Promise<IntegrationRow[]> {
  return await sql<IntegrationRow[]>`
    select ${sql(COLUMNS)}
    from whatsapp_integrations
    where status <> 'disconnected'
      and (${options.afterId}::uuid is null or id > ${options.afterId}::uuid)
    order by id
    limit ${options.limit}
  `;
}

/** Replaces the secrets of a row, unless they were changed since they were read. */
export async function updateIntegrationSecrets(
  sql: Sql,
  change: {
    id: string;
    /** The row as it was read. */
    read: IntegrationRow;
    accessToken: string;
    appSecret: string;
    verifyToken: string;
  },
): Promise<boolean> {
  const result = await sql`
    update whatsapp_integrations
    set access_token = ${change.accessToken},
      app_secret = ${change.appSecret},
      verify_token = ${change.verifyToken}
    where id = ${change.id}
      and access_token = ${change.read.access_token}
      and app_secret = ${change.read.app_secret}
      and verify_token = ${change.read.verify_token}
  `;
  return result.count === 1;
}
