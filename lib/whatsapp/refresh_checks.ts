/** Asks Meta everything about an account's integration, now, and keeps the answers. */
import { saveChecks } from "@/db/integration_health.ts";
import { findIntegration, type IntegrationRow } from "@/db/integrations.ts";
import { decryptIntegrationSecrets, type IntegrationSecrets } from "@/lib/integration_secrets.ts";
import type { Services } from "@/lib/services.ts";
import { toStoredCheck } from "@/lib/whatsapp/checks.ts";
import { runChecks } from "@/lib/whatsapp/run_checks.ts";

/** A connected integration with its plain secrets. */
export interface Connection extends IntegrationSecrets {
  row: IntegrationRow;
  phoneNumberId: string;
  wabaId: string;
}

/** The account's connection, or null when no number is connected. */
export async function findConnection(
  services: Services,
  accountId: string,
): Promise<Connection | null> {
  const row = await findIntegration(services.db.sql, accountId);
  if (row === null || row.phone_number_id === null || row.waba_id === null) return null;
  return {
    ...decryptIntegrationSecrets(services.secrets, row),
    row,
    phoneNumberId: row.phone_number_id,
    wabaId: row.waba_id,
  };
}

/** Runs every check and stores the results. False: no number is connected. */
export async function refreshChecks(services: Services, accountId: string): Promise<boolean> {
  const connection = await findConnection(services, accountId);
  if (connection === null) return false;
  const report = await runChecks(services.graph.live, connection);
  const now = new Date();
  await saveChecks(services.db.sql, {
    accountId,
    checks: report.checks.map((check) => toStoredCheck(check, now)),
    token: report.token,
    tokenState: report.tokenState,
    phoneNumber: report.phoneNumber,
  });
  return true;
}
