/**
 * What the admin UI can put right at Meta by one click, and the change of one secret. Each ends with the checks done
 * anew, so that the page shows what it brought.
 */
import { replaceSecret, type SecretColumn } from "@/db/integration_health.ts";
import { integrationSecretPlace } from "@/lib/integration_secrets.ts";
import { fetchPhoneNumber } from "@/lib/meta/numbers.ts";
import { type OrderResult, registerNumber, subscribeApp } from "@/lib/meta/onboarding.ts";
import type { Services } from "@/lib/services.ts";
import { describeFailure } from "@/lib/whatsapp/checks.ts";
import { type Connection, findConnection, refreshChecks } from "@/lib/whatsapp/refresh_checks.ts";
import { findTokenRefusal } from "@/lib/whatsapp/set_up.ts";

/** Null: done. Else why not, in words for people. */
export type RepairResult = string | null;

const TIMEOUT_MS = 20_000;
const NOT_CONNECTED = "No number is connected any more";

/** Subscribes the token's app to the events of the number's account. */
export function subscribe(services: Services, accountId: string): Promise<RepairResult> {
  return order(services, {
    accountId,
    run: ({ wabaId, accessToken }) =>
      subscribeApp(services.graph.live, { wabaId, accessToken, signal: timeLimit() }),
  });
}

/** Registers the number for the Cloud API with its PIN of six digits. The PIN is not kept. */
export function register(
  services: Services,
  options: { accountId: string; pin: string },
): Promise<RepairResult> {
  return order(services, {
    accountId: options.accountId,
    run: ({ phoneNumberId, accessToken }) =>
      registerNumber(services.graph.live, {
        phoneNumberId,
        accessToken,
        pin: options.pin,
        signal: timeLimit(),
      }),
  });
}

/**
 * Replaces one secret; the others stay. A new access token has to open the connected number. A new app secret or verify
 * token is taken as it is: only Meta's next call shows whether it fits.
 */
export async function changeSecret(
  services: Services,
  options: { accountId: string; column: SecretColumn; value: string },
): Promise<RepairResult> {
  const { accountId, column, value } = options;
  const connection = await findConnection(services, accountId);
  if (connection === null) return NOT_CONNECTED;
  if (column === "access_token") {
    const refusal = await findTokenRefusal(services, value) ??
      await findNumberRefusal(services, { ...connection, accessToken: value });
    if (refusal !== null) return refusal;
  }
  const changed = await replaceSecret(services.db.sql, {
    accountId,
    integrationId: connection.row.id,
    column,
    value: services.secrets.encrypt(
      value,
      integrationSecretPlace(column, { accountId, rowId: connection.row.id }),
    ),
  });
  if (!changed) return NOT_CONNECTED;
  if (column !== "verify_token") await refreshChecks(services, accountId);
  return null;
}

async function findNumberRefusal(
  services: Services,
  { phoneNumberId, accessToken }: Connection,
): Promise<RepairResult> {
  const found = await fetchPhoneNumber(services.graph.live, {
    phoneNumberId,
    accessToken,
    signal: timeLimit(),
  });
  if (found.ok) return null;
  return `This token does not open the connected number: ${describeFailure(found)}`;
}

async function order(
  services: Services,
  options: { accountId: string; run: (connection: Connection) => Promise<OrderResult> },
): Promise<RepairResult> {
  const connection = await findConnection(services, options.accountId);
  if (connection === null) return NOT_CONNECTED;
  const result = await options.run(connection);
  await refreshChecks(services, options.accountId);
  if (result.ok) return null;
  const hint = result.error === null ? "" : ` ${result.error.hint}`;
  return `Meta answers: ${describeFailure(result)}.${hint}`;
}

function timeLimit(): AbortSignal {
  return AbortSignal.timeout(TIMEOUT_MS);
}
