/**
 * Who may sign webhooks: the connected integrations with their app secrets and verify tokens. Kept in memory for a
 * second, because every callback needs them; a signature that none of them made has them read anew before it is
 * refused, so that an integration that was just connected is known at once.
 */
import type { Sql } from "@/db/connect.ts";
import type { IntegrationRow } from "@/db/integrations.ts";
import { listConnectedIntegrations } from "@/db/webhook_signers.ts";
import { decryptIntegrationSecrets } from "@/lib/integration_secrets.ts";
import type { Logger } from "@/lib/log.ts";
import type { SecretBox } from "@/lib/secret_box.ts";

/** An integration that may sign. */
export interface Signer {
  integrationId: string;
  accountId: string;
  phoneNumberId: string;
  wabaId: string;
  appSecret: string;
  verifyToken: string;
}

const KEEP_MS = 1_000;
/** A flood of wrong signatures must not become a flood of queries. */
const LEAST_MS = 100;

/** The integrations that may sign, as of at most a second ago. */
export class Signers {
  readonly #sql: Sql;
  readonly #secrets: SecretBox;
  readonly #log: Logger;
  #loading: Promise<Signer[]> | null = null;
  /** A load that has not begun yet, shared by all who ask for one meanwhile. */
  #next: Promise<Signer[]> | null = null;
  /** When the load began whose result is there. */
  #loadedAt = -Infinity;
  #signers: Signer[] = [];

  constructor(options: { sql: Sql; secrets: SecretBox; log: Logger }) {
    this.#sql = options.sql;
    this.#secrets = options.secrets;
    this.#log = options.log;
  }

  /** All of them; `fresh` when an older list was not enough: then as of after this call. */
  async list(options: { fresh: boolean } = { fresh: false }): Promise<Signer[]> {
    if (options.fresh) return await (this.#next ??= this.#loadNext());
    if (performance.now() - this.#loadedAt < KEEP_MS) return this.#signers;
    return await this.#load();
  }

  async #loadNext(): Promise<Signer[]> {
    const waitMs = Math.max(0, LEAST_MS - (performance.now() - this.#loadedAt));
    // Waited in any case: "next" is set when this function first waits, and must not be cleared before.
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    // Whoever asked for the one under way is told of its failure.
    while (this.#loading !== null) await this.#loading.catch(() => {});
    this.#next = null;
    return await this.#load();
  }

  #load(): Promise<Signer[]> {
    this.#loading ??= this.#read().finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  async #read(): Promise<Signer[]> {
    const startedAt = performance.now();
    const rows = await listConnectedIntegrations(this.#sql);
    this.#signers = rows.flatMap((row) => this.#toSigner(row));
    this.#loadedAt = startedAt;
    return this.#signers;
  }

  /** None when its secrets cannot be read: that must not keep the others from being heard. */
  #toSigner(row: IntegrationRow): Signer[] {
    try {
      const { appSecret, verifyToken } = decryptIntegrationSecrets(this.#secrets, row);
      return [{
        integrationId: row.id,
        accountId: row.account_id,
        phoneNumberId: row.phone_number_id ?? "",
        wabaId: row.waba_id ?? "",
        appSecret,
        verifyToken,
      }];
    } catch (error) {
      this.#log.error("integration_secrets_unreadable", { integration_id: row.id, error });
      return [];
    }
  }
}
