/**
 * The last step of a send: what became of it goes into the database. Repeated until it is stored or the lease ends,
 * also after the caller was answered.
 */
import { toDatabaseError } from "@/db/errors.ts";
import type { FinishedSend } from "@/db/sends.ts";
import { within } from "@/db/time_limits.ts";
import type { SendOutcome } from "@/lib/meta/client.ts";
import { type CreatedSend, type Send, SEND_ENDPOINT } from "@/lib/messages/send.ts";
import { toStoredOutcome } from "@/lib/messages/send_outcome.ts";
import type { Services } from "@/lib/services.ts";

const FINISH_RETRY_MS = 250;

/**
 * Stores an outcome and waits for it until the deadline.
 *
 * @returns the row, or null when it was not stored in time; storing goes on then, and the process waits for it
 */
export function storedByDeadline(
  services: Services,
  { send, begun }: { send: Send; begun: CreatedSend },
  outcome: SendOutcome,
): Promise<FinishedSend | null> {
  const stored = services.background.track(storeOutcome(services, { send, begun }, outcome));
  const leftMs = Math.max(0, send.deadlineAt - performance.now());
  return within(leftMs, stored, () => null);
}

/** Repeats finish until it is stored or the lease ends; null in that case: the sweep takes over. */
async function storeOutcome(
  services: Services,
  { send, begun }: { send: Send; begun: CreatedSend },
  outcome: SendOutcome,
): Promise<FinishedSend | null> {
  const stored = toStoredOutcome(outcome);
  const input = {
    accountId: send.sender.accountId,
    messageId: send.messageId,
    endpoint: SEND_ENDPOINT,
    ...stored,
    waId: stored.waId === begun.waId ? null : stored.waId,
    bsuid: stored.bsuid === begun.bsuid ? null : stored.bsuid,
    tokenFailed: begun.tokenFailed,
  };
  while (true) {
    try {
      const row = await services.sends.finish(input);
      services.liveFeed.wake();
      if (row?.identityTaken) {
        services.log.warn("contact_identity_taken", { message_id: send.messageId });
      }
      return row;
    } catch (error) {
      services.log.warn("finish_not_stored", {
        message_id: send.messageId,
        outcome: outcome.kind,
        error: toDatabaseError(error),
      });
    }
    if (performance.now() + FINISH_RETRY_MS >= send.leaseEndsAt) return null;
    await new Promise((resolve) => setTimeout(resolve, FINISH_RETRY_MS));
  }
}
