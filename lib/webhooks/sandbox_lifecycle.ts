/**
 * Test mode from end to end: what the sandbox takes is followed by the statuses, and on request the reply, that Meta
 * would send. They are rows until they are due, and then take the same signed way in as Meta's.
 */
import { randomBytes } from "node:crypto";
import type { Sql } from "@/db/connect.ts";
import { bounded } from "@/db/errors.ts";
import { forNobody } from "@/db/observe_statements.ts";
import { findIntegrationByNumber } from "@/db/integrations.ts";
import {
  claimSandboxWebhooks,
  deleteSandboxWebhook,
  insertSandboxWebhooks,
  type SandboxWebhook,
} from "@/db/sandbox_webhooks.ts";
import { makeId } from "@/lib/ids.ts";
import type { Logger } from "@/lib/log.ts";
import { createSandbox, type SandboxRecord } from "@/lib/meta/sandbox.ts";
import { planWebhooks } from "@/lib/meta/sandbox/webhooks.ts";
import { createSandboxTransport } from "@/lib/meta/sandbox_transport.ts";
import type { GraphTransport } from "@/lib/meta/transport.ts";
import { signatureHeader } from "@/lib/meta/webhook_signature.ts";
import type { Services } from "@/lib/services.ts";
import { receiveCallback } from "@/lib/webhooks/receive.ts";
import type { Signer } from "@/lib/webhooks/signers.ts";

const TIMEOUT_MS = 5_000;
const BATCH_SIZE = 50;
const CLAIM_MS = 10_000;
const IDLE_MS = 1_000;

interface Planning {
  log: Logger;
  onPlanned: (afterMs: number) => void;
}

/** The sandbox as a transport; `onPlanned` is told when the next webhook is due, in milliseconds from now. */
export function createTestTransport(sql: Sql, options: Planning): GraphTransport {
  return {
    request: async (request) => {
      const records: SandboxRecord[] = [];
      // Number and token come from the twin's own row: there is nothing that could be wrong with them.
      const sandbox = createSandbox({
        isKnownNumber: () => true,
        checkToken: () => true,
        record: (record) => records.push(record),
      });
      try {
        return await createSandboxTransport(sandbox).request(request);
      } finally {
        for (const record of records) await tryToPlan(sql, record, options);
      }
    },
    close: () => Promise.resolve(),
  };
}

/** What the sandbox has taken stays taken: without a database for the moment, it only is never heard of again. */
async function tryToPlan(sql: Sql, record: SandboxRecord, options: Planning): Promise<void> {
  try {
    await plan(sql, record, options);
  } catch (error) {
    options.log.warn("sandbox_webhooks_not_planned", { error });
  }
}

async function plan(sql: Sql, record: SandboxRecord, options: Planning): Promise<void> {
  if (record.wamid === null) return;
  const row = await bounded(findIntegrationByNumber(sql, record.phoneNumberId), TIMEOUT_MS);
  if (row === null) return;
  const webhooks = planWebhooks(record, {
    sender: {
      wabaId: row.waba_id ?? "",
      phoneNumberId: record.phoneNumberId,
      displayPhoneNumber: (row.display_phone_number ?? "").replace("+", ""),
    },
    randomBytes: (length) => new Uint8Array(randomBytes(length)),
  });
  await bounded(
    insertSandboxWebhooks(
      sql,
      webhooks.map(({ afterMs, body }) => ({
        accountId: row.account_id,
        id: makeId(),
        body: JSON.stringify(body),
        afterMs,
      })),
    ),
    TIMEOUT_MS,
  );
  for (const webhook of webhooks) options.onPlanned(webhook.afterMs);
}

/** Delivers the sandbox's webhooks when they are due. */
export class SandboxCourier {
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #services: Services | null = null;
  #running: Promise<void> | null = null;
  #again = false;
  #closed = false;

  /** Starts, and looks about once a second for what other processes planned, or a dead one left. */
  start(services: Services): void {
    this.#services = services;
    this.#look();
  }

  /** Looks after a while. */
  lookAfter(ms: number): void {
    if (this.#closed || this.#services === null) return;
    const timer = forNobody(() =>
      setTimeout(() => {
        this.#timers.delete(timer);
        this.#deliver();
      }, ms)
    );
    this.#timers.add(timer);
  }

  /** Stops; what is not delivered stays for the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    await this.#running;
  }

  #look(): void {
    this.#deliver();
    if (this.#closed) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#look();
    }, IDLE_MS);
    this.#timers.add(timer);
  }

  #deliver(): void {
    const services = this.#services;
    if (services === null || this.#closed) return;
    if (this.#running !== null) {
      this.#again = true;
      return;
    }
    this.#again = false;
    this.#running = deliverDue(services).finally(() => {
      this.#running = null;
      if (this.#again) this.#deliver();
    });
  }
}

async function deliverDue(services: Services): Promise<void> {
  const { sql } = services.db;
  try {
    const due = await bounded(
      claimSandboxWebhooks(sql, { limit: BATCH_SIZE, leaseMs: CLAIM_MS }),
      TIMEOUT_MS,
    );
    for (const webhook of due) await deliver(services, webhook);
  } catch (error) {
    services.log.warn("sandbox_webhooks_not_delivered", { error });
  }
}

async function deliver(services: Services, webhook: SandboxWebhook): Promise<void> {
  const signer = await findSigner(services, webhook.account_id);
  if (signer !== null) {
    const body = new TextEncoder().encode(webhook.body);
    await receiveCallback(services, {
      body,
      signature: signatureHeader(signer.appSecret, body),
      integrationId: signer.integrationId,
    });
  }
  await bounded(deleteSandboxWebhook(services.db.sql, webhook), TIMEOUT_MS);
}

/** Null: the account is gone. One that was made a moment ago is not in the list that is at hand. */
async function findSigner(services: Services, accountId: string): Promise<Signer | null> {
  for (const fresh of [false, true]) {
    const signers = await bounded(services.signers.list({ fresh }), TIMEOUT_MS);
    const signer = signers.find((candidate) => candidate.accountId === accountId);
    if (signer !== undefined) return signer;
  }
  return null;
}
