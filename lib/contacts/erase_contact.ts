/**
 * Erases a person: who they are at once and for good, their messages and what the logs say of them as far as that goes
 * within a few seconds. The rest, if there is any, is done by the server's chores, and the answer says so.
 */
import { findLiveAccountId } from "@/db/accounts.ts";
import { insertAuditEntry } from "@/db/audit_log.ts";
import { bounded } from "@/db/errors.ts";
import { beginErasure, findErasure } from "@/db/erasures.ts";
import { transaction } from "@/db/transaction.ts";
import { takeErasureStep } from "@/lib/contacts/erasure_steps.ts";
import { makeId } from "@/lib/ids.ts";
import type { Mode } from "@/lib/keys/key_format.ts";
import type { Services } from "@/lib/services.ts";

/** Who erases: a person in the admin UI, or an API key. */
export interface Eraser {
  mode: Mode;
  user: { id: string; email: string } | null;
  keyName: string | null;
}

/** How far an erasure has come. */
export interface Erasure {
  /** The contact's; another than was asked for where that was merged. */
  id: string;
  erasedAt: Date;
  /** False: some texts are still there, and are on their way out. */
  complete: boolean;
}

const BEGIN_TIMEOUT_MS = 10_000;
/** For the rest, as far as the request waits for it. */
const BUDGET_MS = 2_000;

/**
 * Erases a contact. Done again it changes nothing, but goes on with what is left.
 *
 * @returns null: the account has no such contact and never had
 * @throws DatabaseUnavailableError before the erasure has begun
 */
export async function eraseContact(
  services: Services,
  options: { accountId: string; contactId: string; by: Eraser },
): Promise<Erasure | null> {
  const { accountId, by } = options;
  const startedAt = performance.now();
  const begun = await bounded(
    transaction(services.db.sql, async (tx) => {
      const result = await beginErasure(tx, options);
      if (result === null || !result.isNew) return result;
      await insertAuditEntry(tx, {
        id: makeId(),
        accountId: await findLiveAccountId(tx, accountId),
        userId: by.user?.id ?? null,
        userEmail: by.user?.email ?? null,
        action: "contact.erased",
        targetType: "contact",
        targetId: result.contactId,
        mode: by.mode,
        details: by.keyName === null ? {} : { key: by.keyName },
      });
      return result;
    }),
    BEGIN_TIMEOUT_MS,
  );
  if (begun === null) return null;
  services.liveFeed.wake();
  const { contactId, erasedAt } = begun;
  const complete = await goOn(services, { accountId, contactId }, startedAt + BUDGET_MS);
  services.liveFeed.wake();
  return { id: contactId, erasedAt, complete };
}

/** Takes steps until the erasure is done, true, or has to wait or the time is up. */
async function goOn(
  services: Services,
  erasure: { accountId: string; contactId: string },
  endsAt: number,
): Promise<boolean> {
  const { sql } = services.db;
  try {
    while (true) {
      const row = await bounded(findErasure(sql, erasure), BEGIN_TIMEOUT_MS);
      if (row === null || row.stage === "done") return row !== null;
      if (performance.now() > endsAt) return false;
      if (await takeErasureStep(sql, row) === "wait") return false;
    }
  } catch (error) {
    // It has begun, whatever comes between: the chores go on with it.
    services.log.warn("erasure_interrupted", { contact_id: erasure.contactId, error });
    return false;
  }
}
