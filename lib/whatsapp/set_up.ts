/**
 * The steps by which a number is connected in the browser: the secrets are kept as a draft until the number is chosen,
 * so that a reload or a change of mind loses nothing. From then on the integration sends; everything after that is
 * about proving it.
 */
import type { AccountRow } from "@/db/accounts.ts";
import {
  changeIntegrationNumber,
  findIntegration,
  type IntegrationRow,
} from "@/db/integrations.ts";
import { findWhatsappDraft, saveWhatsappDraft } from "@/db/whatsapp_drafts.ts";
import { ConnectError, connectWhatsapp, verifyCredentials } from "@/lib/connect_whatsapp.ts";
import { decryptIntegrationSecrets } from "@/lib/integration_secrets.ts";
import { inspectToken } from "@/lib/meta/tokens.ts";
import { SecretError } from "@/lib/secret_box.ts";
import type { Services } from "@/lib/services.ts";
import { describeFailure } from "@/lib/whatsapp/checks.ts";
import { decryptDraft, type DraftSecrets, encryptDraft } from "@/lib/whatsapp/draft_secrets.ts";
import { lastFour } from "@/lib/whatsapp/page_state.ts";
import { refreshChecks } from "@/lib/whatsapp/refresh_checks.ts";
import { makeVerifyToken } from "@/lib/whatsapp/verify_token.ts";

/** A live account. */
type Account = Pick<AccountRow, "id" | "name" | "mode">;

const TIMEOUT_MS = 10_000;

const NO_SECRETS: DraftSecrets = { accessToken: null, appSecret: null };

/** The secrets that an unfinished set-up has so far; those that cannot be read have to be given anew. */
export async function draftSecrets(services: Services, accountId: string): Promise<DraftSecrets> {
  const draft = await findWhatsappDraft(services.db.sql, accountId);
  if (draft === null) return NO_SECRETS;
  try {
    return decryptDraft(services.secrets, draft);
  } catch (error) {
    if (!(error instanceof SecretError)) throw error;
    services.log.error("draft_secret_unreadable", { account_id: accountId, error });
    return NO_SECRETS;
  }
}

/** What may be shown of them. */
export async function storedCredentials(
  services: Services,
  accountId: string,
): Promise<Record<keyof DraftSecrets, { lastFour: string | null } | null>> {
  const { accessToken, appSecret } = await draftSecrets(services, accountId);
  const glimpse = (secret: string | null) =>
    secret === null ? null : { lastFour: lastFour(secret) };
  return { accessToken: glimpse(accessToken), appSecret: glimpse(appSecret) };
}

/**
 * Keeps the secrets of a set-up; null leaves what is there. The token is shown to Meta first.
 *
 * @returns why the token was not kept, or null. The app secret is kept in any case
 */
export async function saveCredentials(
  services: Services,
  options: DraftSecrets & { accountId: string },
): Promise<string | null> {
  const { accountId, accessToken, appSecret } = options;
  const refusal = accessToken === null ? null : await findTokenRefusal(services, accessToken);
  const kept = { accessToken: refusal === null ? accessToken : null, appSecret };
  if (kept.accessToken !== null || kept.appSecret !== null) {
    await saveWhatsappDraft(services.db.sql, {
      accountId,
      ...encryptDraft(services.secrets, { accountId, ...kept }),
    });
  }
  return refusal;
}

/** Why Meta does not take a token, in words for its owner; null: it does. */
export async function findTokenRefusal(
  services: Services,
  accessToken: string,
): Promise<string | null> {
  const inspected = await inspectToken(services.graph.live, {
    accessToken,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (inspected.ok) {
    if (inspected.token.isValid) return null;
    return "Meta says that this token is not valid, or no longer: make a new one and copy it whole";
  }
  if (inspected.error === null) {
    return `${inspected.reason}. Check this server's way to the internet and try again`;
  }
  if (inspected.error.code === 190) {
    return `Meta refuses this token: ${
      describeFailure(inspected)
    }. Copy it whole, or make a new one`;
  }
  if (inspected.error.httpStatus >= 500) {
    return `Meta could not check the token: ${describeFailure(inspected)}. Try again in a minute`;
  }
  // Some kinds of token may not inspect themselves: asking for the number will show.
  return null;
}

/**
 * Connects the number with the secrets of the draft, or gives a connected integration another number.
 *
 * @throws ConnectError with words for the person who chose it
 */
export async function chooseNumber(
  services: Services,
  options: { account: Account; phoneNumberId: string; wabaId: string },
): Promise<IntegrationRow> {
  const { sql } = services.db;
  const known = await findIntegration(sql, options.account.id);
  if (known !== null && known.status !== "disconnected") {
    await changeNumber(services, { ...options, known });
  } else {
    try {
      await connectDraft(services, options);
    } catch (error) {
      if (!await isConnectedTo(services, options)) throw error;
    }
  }
  await refreshChecks(services, options.account.id);
  const row = await findIntegration(sql, options.account.id);
  if (row === null) throw new Error("The integration was just stored");
  return row;
}

/** Whether somebody has just done the same: most often the same person, by pressing the button twice. */
async function isConnectedTo(
  services: Services,
  options: { account: Account; phoneNumberId: string; wabaId: string },
): Promise<boolean> {
  const row = await findIntegration(services.db.sql, options.account.id);
  return row?.phone_number_id === options.phoneNumberId && row.waba_id === options.wabaId;
}

async function connectDraft(
  services: Services,
  options: { account: Account; phoneNumberId: string; wabaId: string },
): Promise<void> {
  const { account, phoneNumberId, wabaId } = options;
  const { accessToken, appSecret } = await draftSecrets(services, account.id);
  if (accessToken === null || appSecret === null) {
    throw new ConnectError("The set-up was begun anew elsewhere: give access token and app secret");
  }
  await connectWhatsapp(services.db.sql, {
    account,
    credentials: { phoneNumberId, wabaId, accessToken, appSecret, verifyToken: makeVerifyToken() },
    secrets: services.secrets,
    graph: services.graph.live,
  });
}

async function changeNumber(
  services: Services,
  options: { account: Account; known: IntegrationRow; phoneNumberId: string; wabaId: string },
): Promise<void> {
  const { account, known, phoneNumberId, wabaId } = options;
  const { accessToken } = decryptIntegrationSecrets(services.secrets, known);
  const number = await verifyCredentials(services.graph.live, {
    phoneNumberId,
    wabaId,
    accessToken,
  });
  const changed = await changeIntegrationNumber(services.db.sql, {
    accountId: account.id,
    id: known.id,
    phoneNumberId,
    wabaId,
    displayPhoneNumber: number.displayPhoneNumber,
    verifiedName: number.verifiedName,
  });
  if (!changed) {
    throw new ConnectError(
      `The phone number id "${phoneNumberId}" is connected to another account on this server: disconnect it there first`,
    );
  }
}
