/**
 * What an account's export consists of: which tables, and which of their columns. Never in it: secrets, also encrypted
 * or as hashes, sessions and links to sign in, and what lives for a day at most. Read in pages by primary key, so that
 * a row is there once however long it takes, and nothing is held open meanwhile.
 */
import type postgres from "postgres";
import type { Sql } from "@/db/connect.ts";

/** A kind of row. */
export interface ExportedTable {
  /** What each line says that it is. */
  type: string;
  table: string;
  /** The primary key without the account. */
  key: readonly string[];
  columns: readonly string[];
  /** The column of the account; "account_id" if not given. */
  owner?: "id";
}

/** All of them, in the order of the lines. */
export const EXPORTED_TABLES: readonly ExportedTable[] = [
  {
    type: "account",
    table: "accounts",
    owner: "id",
    key: ["id"],
    columns: ["id", "name", "mode", "live_account_id", "created_at", "updated_at"],
  },
  {
    type: "retention",
    table: "retention_settings",
    key: ["account_id"],
    columns: [
      "account_id",
      "message_days",
      "event_days",
      "request_days",
      "audit_days",
      "updated_at",
    ],
  },
  {
    type: "user",
    table: "users",
    key: ["id"],
    columns: ["id", "email", "owner", "created_at", "updated_at"],
  },
  {
    type: "api_key",
    table: "api_keys",
    key: ["id"],
    columns: [
      ...[
        "id",
        "name",
        "prefix",
        "scopes",
        "rate_limit",
        "expires_at",
        "revoked_at",
        "last_used_at",
      ],
      ...["created_at", "created_by", "created_by_email", "revoked_by", "revoked_by_email"],
      "rotated_from",
    ],
  },
  {
    type: "integration",
    table: "whatsapp_integrations",
    key: ["id"],
    columns: [
      ...["id", "phone_number_id", "waba_id", "status", "display_phone_number", "verified_name"],
      ...["created_at", "updated_at", "access_token_set_at", "app_secret_set_at"],
      ...["verify_token_set_at", "app_id", "app_name", "token_expires_at", "token_failed_at"],
      ...["token_failure", "checks", "sending_only_at", "proof_message_id"],
    ],
  },
  {
    type: "webhook_health",
    table: "webhook_health",
    key: ["integration_id"],
    columns: [
      ...["integration_id", "last_handshake_at", "last_handshake_ok", "last_handshake_error"],
      ...["last_event_at", "signature_failures", "last_signature_failure_at"],
    ],
  },
  {
    type: "contact",
    table: "contacts",
    key: ["id"],
    columns: [
      ...["id", "phone", "wa_id", "bsuid", "username", "name", "profile_name", "email", "company"],
      ...["erased_at", "merged_into", "created_at", "updated_at", "identified_at"],
    ],
  },
  {
    type: "conversation",
    table: "conversations",
    key: ["id"],
    columns: [
      ...["id", "contact_id", "status", "last_message_text", "last_message_at", "last_inbound_at"],
      ...["unread_count", "merged_into", "created_at", "updated_at"],
    ],
  },
  {
    type: "message",
    table: "messages",
    key: ["id"],
    columns: [
      ...["id", "conversation_id", "contact_id", "direction", "type", "status", "recipient"],
      ...["sender", "body", "media_url", "filename", "template", "media", "content"],
      ...["reply_to_message_id", "wamid", "error", "api_key_id", "request_id", "idempotency_key"],
      ...["created_at", "sent_at", "delivered_at", "read_at", "failed_at", "edited_at"],
      ...["revoked_at", "erased_at"],
    ],
  },
  {
    type: "event",
    table: "meta_events",
    key: ["id"],
    columns: [
      ...["id", "integration_id", "kind", "field", "payload", "state", "attempts", "error"],
      ...["received_at", "processed_at"],
    ],
  },
  {
    type: "request",
    table: "api_requests",
    key: ["id"],
    columns: [
      ...["id", "api_key_id", "request_id", "method", "route", "status", "error_code"],
      ...["error_message", "duration_ms", "message_id", "recipient_masked", "created_at"],
    ],
  },
  {
    type: "audit_entry",
    table: "audit_log",
    key: ["id"],
    columns: [
      ...["id", "user_id", "user_email", "action", "target_type", "target_id", "mode", "details"],
      "created_at",
    ],
  },
  {
    type: "message_hour",
    table: "message_hours",
    key: ["hour", "direction", "status"],
    columns: ["hour", "direction", "status", "messages"],
  },
  {
    type: "request_hour",
    table: "request_hours",
    key: ["hour", "api_key_id"],
    columns: ["hour", "api_key_id", "requests", "errors"],
  },
  {
    type: "latency_hour",
    table: "latency_hours",
    key: ["hour", "bucket"],
    columns: ["hour", "bucket", "requests"],
  },
];

/** A row as it was read; its columns are those of its table. */
export type ExportedRow = Record<string, unknown>;

/** A page of a table's rows of an account, in the order of their keys, after a row if one is given. */
export async function listExportedRows(
  sql: Sql,
  options: { accountId: string; from: ExportedTable; after: ExportedRow | null; limit: number },
): Promise<ExportedRow[]> {
  const { from, after } = options;
  const list = (parts: postgres.Fragment[]) =>
    parts.reduce((before, part) => sql`${before}, ${part}`);
  const key = () => list(from.key.map((column) => sql`${sql(column)}`));
  const last = after === null
    ? null
    : list(from.key.map((column) => sql`${after[column] as string}`));
  return await sql<ExportedRow[]>`
    select ${sql([...from.columns])}
    from ${sql(from.table)}
    where ${sql(from.owner ?? "account_id")} = ${options.accountId}
      ${last === null ? sql`` : sql`and (${key()}) > (${last})`}
    order by ${key()}
    limit ${options.limit}
  `;
}
