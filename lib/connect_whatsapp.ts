/**
 * Connects an account to a WhatsApp number: asks Meta whether token, number and business account belong together,
 * then stores them encrypted. Used by the CLI and the admin UI.
 */
import type { AccountRow } from "@/db/accounts.ts";
import type { Sql } from "@/db/connect.ts";
import { findIntegration, type IntegrationRow, saveIntegration } from "@/db/integrations.ts";
import { deleteWhatsappDraft } from "@/db/whatsapp_drafts.ts";
import { makeId } from "@/lib/ids.ts";
import { encryptIntegrationSecrets, type IntegrationSecrets } from "@/lib/integration_secrets.ts";
import {
  fetchPhoneNumber,
  fetchWabaPhoneNumbers,
  type LookupFailure,
  type PhoneNumberInfo,
} from "@/lib/meta/numbers.ts";
import type { GraphTransport } from "@/lib/meta/transport.ts";
import type { SecretBox } from "@/lib/secret_box.ts";

/** What identifies a number at Meta, and the secrets that go with it. */
export interface WhatsappCredentials extends IntegrationSecrets {
  phoneNumberId: string;
  wabaId: string;
}

/** A connection that cannot be made; the message says why and what to do. */
export class ConnectError extends Error {
  override name = "ConnectError";
}

const LOOKUP_TIMEOUT_MS = 20_000;

/**
 * Stores a connection for a live account, replacing the one it has.
 *
 * @param options.graph Meta, or null to store without asking (the status is then "unverified")
 * @throws ConnectError when Meta refuses, or the number belongs to another account here
 */
export async function connectWhatsapp(
  sql: Sql,
  options: {
    account: Pick<AccountRow, "id" | "mode">;
    credentials: WhatsappCredentials;
    secrets: SecretBox;
    graph: GraphTransport | null;
  },
): Promise<IntegrationRow> {
  const { account, credentials, graph } = options;
  if (account.mode === "test") {
    throw new ConnectError(
      "A test account has its sandbox and takes no WhatsApp number: connect the live account",
    );
  }
  const phoneNumber = graph === null ? null : await verifyCredentials(graph, credentials);
  const known = await findIntegration(sql, account.id);
  const id = known?.id ?? makeId();
  const row = await saveIntegration(sql, {
    id,
    accountId: account.id,
    phoneNumberId: credentials.phoneNumberId,
    wabaId: credentials.wabaId,
    ...encryptIntegrationSecrets(options.secrets, {
      ...credentials,
      place: { accountId: account.id, rowId: id },
    }),
    status: phoneNumber === null ? "unverified" : "connected",
    displayPhoneNumber: phoneNumber?.displayPhoneNumber ?? null,
    verifiedName: phoneNumber?.verifiedName ?? null,
  });
  if (row === null) {
    throw new ConnectError(
      `The phone number id "${credentials.phoneNumberId}" is connected to another account on this server: ` +
        "disconnect it there first",
    );
  }
  await deleteWhatsappDraft(sql, account.id);
  return row;
}

/**
 * Asks Meta whether token, number and business account belong together.
 *
 * @throws ConnectError when they do not, or Meta could not be asked
 */
export async function verifyCredentials(
  graph: GraphTransport,
  credentials: Pick<WhatsappCredentials, "phoneNumberId" | "wabaId" | "accessToken">,
): Promise<PhoneNumberInfo> {
  const { phoneNumberId, wabaId, accessToken } = credentials;
  const signal = AbortSignal.timeout(LOOKUP_TIMEOUT_MS);
  const found = await fetchPhoneNumber(graph, { phoneNumberId, accessToken, signal });
  if (!found.ok) throw refused(`the phone number id "${phoneNumberId}"`, found);
  const listed = await fetchWabaPhoneNumbers(graph, { wabaId, accessToken, signal });
  if (!listed.ok) throw refused(`the WhatsApp Business account "${wabaId}"`, listed);
  if (!listed.phoneNumbers.some((phoneNumber) => phoneNumber.id === phoneNumberId)) {
    throw new ConnectError(
      `The number "${phoneNumberId}" does not belong to the WhatsApp Business account "${wabaId}": copy both ids ` +
        "from the same page of WhatsApp Manager (API setup)",
    );
  }
  return found.phoneNumber;
}

function refused(what: string, failure: LookupFailure): ConnectError {
  if (failure.error === null) {
    return new ConnectError(
      `Meta could not be asked about ${what}: ${failure.reason}. Check the network, or store the connection ` +
        "without asking (--no-verify)",
    );
  }
  const code = failure.error.code === null ? "" : ` (code ${failure.error.code})`;
  return new ConnectError(
    `Meta refuses ${what}: ${failure.error.message}${code}. ${failure.error.hint}`,
  );
}
