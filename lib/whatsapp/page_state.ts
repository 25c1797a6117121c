/**
 * Everything that the WhatsApp page shows of an account's integration. The secrets are in it as their last four
 * characters and their age; only a verify token that was made here, and that Meta has not used yet, is in it whole.
 */
import { findIntegration, type IntegrationRow } from "@/db/integrations.ts";
import {
  findIntegrationHealth,
  type IntegrationHealthRow,
  type SecretColumn,
  type StoredCheck,
} from "@/db/integration_health.ts";
import { integrationSecretPlace } from "@/lib/integration_secrets.ts";
import { SecretError } from "@/lib/secret_box.ts";
import type { Services } from "@/lib/services.ts";
import { effectiveChecks } from "@/lib/whatsapp/effective_checks.ts";
import {
  type IntegrationHealth,
  isConnected,
  judgeHealth,
} from "@/lib/whatsapp/integration_health.ts";
import { type ProofProgress, proofProgress } from "@/lib/whatsapp/proof_progress.ts";
import { type CallbackAddress, callbackAddress } from "@/lib/whatsapp/public_address.ts";
import { isOurVerifyToken } from "@/lib/whatsapp/verify_token.ts";
import {
  eventProgress,
  handshakeProgress,
  type LiveState,
} from "@/lib/whatsapp/webhook_progress.ts";

/** What may be shown of a secret. */
export interface SecretGlimpse {
  /** Null: too short to show any of it, or not readable with the server's keys. */
  lastFour: string | null;
  setAt: Date | null;
}

/** A connected integration, as its page shows it. */
export interface ConnectedPage {
  health: IntegrationHealth;
  row: IntegrationHealthRow;
  /** Meta's last answers, the newest knowledge of the token included. */
  checks: StoredCheck[];
  secrets: Record<SecretColumn, SecretGlimpse>;
  callback: CallbackAddress;
  /** To be copied into Meta's console; null: Meta has used it, or it is of somebody's own making. */
  verifyToken: string | null;
  handshake: LiveState;
  events: LiveState;
  /** Null: no message was sent yet. */
  proof: ProofProgress | null;
}

/** The state of an account's integration; `connected` is null while there is no number. */
export async function loadWhatsappPage(
  services: Services,
  accountId: string,
): Promise<{ health: IntegrationHealth; connected: ConnectedPage | null }> {
  const { sql } = services.db;
  const row = await findIntegrationHealth(sql, accountId);
  if (row === null) throw new Error(`The account "${accountId}" is gone`);
  const health = judgeHealth(row, new Date());
  const integration = isConnected(row) ? await findIntegration(sql, accountId) : null;
  if (integration === null || integration.status === "disconnected") {
    return { health, connected: null };
  }
  const handshake = handshakeProgress(row);
  const verifyToken = open(services, { integration, column: "verify_token" });
  const glimpse = (column: SecretColumn): SecretGlimpse => ({
    lastFour: lastFour(open(services, { integration, column })),
    setAt: row[`${column}_set_at`],
  });
  return {
    health,
    connected: {
      health,
      row,
      checks: effectiveChecks(row),
      secrets: {
        access_token: glimpse("access_token"),
        app_secret: glimpse("app_secret"),
        verify_token: glimpse("verify_token"),
      },
      callback: callbackAddress(services.config, integration.id),
      verifyToken: handshake.state !== "good" && verifyToken !== null &&
          isOurVerifyToken(verifyToken)
        ? verifyToken
        : null,
      handshake,
      events: eventProgress(row),
      proof: proofProgress(row),
    },
  };
}

const SHOWN_CHARACTERS = 4;
/** Of a shorter secret, four characters would give too much away. */
const LEAST_CHARACTERS = 12;

/** The end of a secret by which its owner recognises it. */
export function lastFour(secret: string | null): string | null {
  return secret !== null && secret.length >= LEAST_CHARACTERS
    ? secret.slice(-SHOWN_CHARACTERS)
    : null;
}

/** A plain secret; null when the server's keys cannot read it: the page must open all the same. */
function open(
  services: Services,
  options: { integration: IntegrationRow; column: SecretColumn },
): string | null {
  const { integration, column } = options;
  const stored = integration[column];
  if (stored === null) return null;
  try {
    return services.secrets.decrypt(
      stored,
      integrationSecretPlace(column, { accountId: integration.account_id, rowId: integration.id }),
    );
  } catch (error) {
    if (!(error instanceof SecretError)) throw error;
    services.log.error("integration_secret_unreadable", { integration_id: integration.id, error });
    return null;
  }
}
