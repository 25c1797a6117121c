/**
 * The three secrets of a WhatsApp integration — Meta's access token, the app secret that signs webhooks, the token of
 * the webhook handshake — between their stored and their plain form.
 */
import type { Sql } from "@/db/connect.ts";
import {
  type IntegrationRow,
  listIntegrationsWithSecrets,
  updateIntegrationSecrets,
} from "@/db/integrations.ts";
import {
  listWhatsappDrafts,
  updateWhatsappDraft,
  type WhatsappDraftRow,
} from "@/db/whatsapp_drafts.ts";
import type { SecretBox, SecretPlace } from "@/lib/secret_box.ts";
import { decryptDraft, encryptDraft } from "@/lib/whatsapp/draft_secrets.ts";

/** The secrets, all plain or all encrypted. */
export interface IntegrationSecrets {
  accessToken: string;
  appSecret: string;
  verifyToken: string;
}

const BATCH_SIZE = 200;

/** Where a secret of an integration belongs to. */
export function integrationSecretPlace(
  column: "access_token" | "app_secret" | "verify_token",
  row: { accountId: string; rowId: string },
): SecretPlace {
  return { table: "whatsapp_integrations", column, ...row };
}

/** Encrypts the secrets of one row. */
export function encryptIntegrationSecrets(
  secrets: SecretBox,
  options: IntegrationSecrets & { place: { accountId: string; rowId: string } },
): IntegrationSecrets {
  const seal = (value: string, column: "access_token" | "app_secret" | "verify_token") =>
    secrets.encrypt(value, integrationSecretPlace(column, options.place));
  return {
    accessToken: seal(options.accessToken, "access_token"),
    appSecret: seal(options.appSecret, "app_secret"),
    verifyToken: seal(options.verifyToken, "verify_token"),
  };
}

/**
 * Decrypts one stored secret, so that a wrong ENCRYPTION_KEY shows at start and not at the first send.
 *
 * @throws SecretError when the configured keys cannot read it
 */
export async function checkEncryptionKey(sql: Sql, secrets: SecretBox): Promise<void> {
  const [row] = await listIntegrationsWithSecrets(sql, { limit: 1, afterId: null });
  if (row !== undefined) decryptIntegrationSecrets(secrets, row);
}

/**
 * Re-encrypts with the first key whatever another key has encrypted, unfinished set-ups included. Safe while servers
 * run.
 *
 * @returns how many integrations were changed
 */
export async function rotateSecrets(sql: Sql, secrets: SecretBox): Promise<number> {
  await rotateDrafts(sql, secrets);
  let changed = 0;
  let afterId: string | null = null;
  while (true) {
    const rows: IntegrationRow[] = await listIntegrationsWithSecrets(sql, {
      limit: BATCH_SIZE,
      afterId,
    });
    for (const row of rows) {
      if (await rotateRow(sql, { secrets, row })) changed++;
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < BATCH_SIZE) return changed;
    afterId = last.id;
  }
}

/** The plain secrets of a row that is not disconnected. */
export function decryptIntegrationSecrets(
  secrets: SecretBox,
  row: IntegrationRow,
): IntegrationSecrets {
  const open = (column: "access_token" | "app_secret" | "verify_token") => {
    const stored = row[column];
    if (stored === null) throw new TypeError(`The integration "${row.id}" has no ${column}`);
    return secrets.decrypt(
      stored,
      integrationSecretPlace(column, { accountId: row.account_id, rowId: row.id }),
    );
  };
  return {
    accessToken: open("access_token"),
    appSecret: open("app_secret"),
    verifyToken: open("verify_token"),
  };
}

async function rotateDrafts(sql: Sql, secrets: SecretBox): Promise<void> {
  let afterAccountId: string | null = null;
  while (true) {
    const rows: WhatsappDraftRow[] = await listWhatsappDrafts(sql, {
      limit: BATCH_SIZE,
      afterAccountId,
    });
    for (const row of rows) {
      const stored = [row.access_token, row.app_secret];
      if (stored.every((secret) => secret === null || secrets.isCurrent(secret))) continue;
      const plain = decryptDraft(secrets, row);
      await updateWhatsappDraft(sql, {
        read: row,
        ...encryptDraft(secrets, { accountId: row.account_id, ...plain }),
      });
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < BATCH_SIZE) return;
    afterAccountId = last.account_id;
  }
}

async function rotateRow(
  sql: Sql,
  options: { secrets: SecretBox; row: IntegrationRow },
): Promise<boolean> {
  const { secrets, row } = options;
  const stored = [row.access_token, row.app_secret, row.verify_token];
  if (stored.every((secret) => secret !== null && secrets.isCurrent(secret))) return false;
  return await updateIntegrationSecrets(sql, {
    id: row.id,
    read: row,
    ...encryptIntegrationSecrets(secrets, {
      ...decryptIntegrationSecrets(secrets, row),
      place: { accountId: row.account_id, rowId: row.id },
    }),
  });
}
