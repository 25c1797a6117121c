/** The secrets of a set-up that is not finished, between their stored and their plain form. */
import type { WhatsappDraftRow } from "@/db/whatsapp_drafts.ts";
import type { SecretBox, SecretPlace } from "@/lib/secret_box.ts";

/** What was given so far, plain. */
export interface DraftSecrets {
  accessToken: string | null;
  appSecret: string | null;
}

/** Encrypts what was given; null stays null. */
export function encryptDraft(
  secrets: SecretBox,
  options: DraftSecrets & { accountId: string },
): DraftSecrets {
  const { accountId, accessToken, appSecret } = options;
  const seal = (value: string | null, column: string) =>
    value === null ? null : secrets.encrypt(value, draftPlace(accountId, column));
  return {
    accessToken: seal(accessToken, "access_token"),
    appSecret: seal(appSecret, "app_secret"),
  };
}

/**
 * The plain secrets of a draft.
 *
 * @throws SecretError when the configured keys cannot read them
 */
export function decryptDraft(secrets: SecretBox, row: WhatsappDraftRow): DraftSecrets {
  const open = (stored: string | null, column: string) =>
    stored === null ? null : secrets.decrypt(stored, draftPlace(row.account_id, column));
  return {
    accessToken: open(row.access_token, "access_token"),
    appSecret: open(row.app_secret, "app_secret"),
  };
}

function draftPlace(accountId: string, column: string): SecretPlace {
  return { table: "whatsapp_drafts", column, accountId, rowId: accountId };
}
