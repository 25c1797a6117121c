/**
 * Applies one stored event: understands it, changes what it is about, and notes that it is done, all in one
 * transaction. What has no message yet is tried again for a few minutes: a webhook may beat our own write. What cannot
 * be understood is kept with the reason and never tried again.
 */
import { z } from "zod";
import type { Sql } from "@/db/connect.ts";
import { bounded, DatabaseUnavailableError } from "@/db/errors.ts";
import { applyMessage, applyMessageChange, applyUserIdUpdate } from "@/db/inbound.ts";
import { applyStatuses, type ClaimedMetaEvent, settleMetaEvent } from "@/db/meta_events.ts";
import { makeId } from "@/lib/ids.ts";
import type { Logger } from "@/lib/log.ts";
import { toStorable } from "@/lib/meta/storable_text.ts";
import { type InboundMessage, parseWebhookMessage } from "@/lib/meta/webhook_message.ts";
import type { EventResult, WebhookTraffic } from "@/lib/observability/webhook_traffic.ts";
import { parsePayload, toStatusUpdate } from "@/lib/webhooks/event_payload.ts";

/** What became of an event. */
export type Outcome = "processed" | "done" | "identity_taken" | "unmatched" | "ignored";

/** What applying needs. */
export interface Applying {
  sql: Sql;
  log: Logger;
  results: WebhookTraffic["results"];
}

interface Ref {
  accountId: string;
  eventId: string;
}

/** The waits before an event without a message is tried again. */
const RETRY_AFTER_MS = [1_000, 5_000, 30_000, 300_000];
/** The wait after a failure that may be the database's. */
const FAILURE_RETRY_MS = 2_000;
const MAX_FAILURES = 5;
/** Two events wanted the same rows at the same moment (a deadlock, a contact that both made): the next try differs. */
const COLLISIONS = new Set(["40P01", "40001", "23505"]);
const COLLISION_RETRY_MS = 100;
const MAX_COLLISIONS = 30;
const APPLY_TIMEOUT_MS = 10_000;
const PREVIEW_LENGTH = 200;

/** Applies an event that was taken up; never throws. */
export async function applyEvent(
  services: Applying,
  event: ClaimedMetaEvent,
): Promise<void> {
  const { sql, log, results } = services;
  try {
    const outcome = await bounded(apply(sql, event), APPLY_TIMEOUT_MS);
    await settleOutcome(services, event, outcome);
  } catch (error) {
    if (error instanceof DatabaseUnavailableError) {
      // It is due again when its claim ends.
      log.warn("event_waits_for_database", { event_id: event.id });
      results.retried.add();
      return;
    }
    await settleFailure(services, event, error);
  }
}

/** Notes what is left to note of an event when its effect, if it had one, is stored. */
export async function settleOutcome(
  { sql, log, results }: Applying,
  event: ClaimedMetaEvent,
  outcome: Outcome,
): Promise<void> {
  results[toResult(event, outcome)].add();
  if (outcome === "identity_taken") log.warn("contact_identity_taken", { event_id: event.id });
  if (outcome === "unmatched") await retryLater(sql, event);
  if (outcome === "ignored") await settle(sql, event, { state: "ignored", error: null });
}

function toResult(event: ClaimedMetaEvent, outcome: Outcome): EventResult {
  if (outcome === "unmatched") return isLastTry(event) ? "unmatched" : "waiting";
  return outcome === "ignored" ? "ignored" : "applied";
}

function isLastTry(event: ClaimedMetaEvent): boolean {
  return RETRY_AFTER_MS[event.attempts - 1] === undefined;
}

async function apply(sql: Sql, event: ClaimedMetaEvent): Promise<Outcome> {
  const ref = { accountId: event.account_id, eventId: event.id };
  if (event.kind === "status") return await applyStatusEvent(sql, event);
  const payload = parsePayload(event);
  switch (event.kind) {
    case "message":
      return await applyMessageEvent(sql, ref, {
        message: parseWebhookMessage(payload),
        // A message may overtake the one that it answers, but not by long.
        waitsForTarget: event.attempts === 1,
      });
    case "user_id_update":
      return await applyUserIdEvent(sql, ref, payload);
    case "other":
      return "ignored";
  }
}

async function applyStatusEvent(sql: Sql, event: ClaimedMetaEvent): Promise<Outcome> {
  const update = toStatusUpdate(event);
  if (update === null) return "ignored";
  const outcomes = await applyStatuses(sql, [update]);
  return outcomes.get(event.id) ?? "done";
}

async function applyMessageEvent(
  sql: Sql,
  ref: Ref,
  options: { message: InboundMessage; waitsForTarget: boolean },
): Promise<Outcome> {
  const { message, waitsForTarget } = options;
  const { content, effect, person } = message;
  if (effect.kind === "edit" || effect.kind === "revoke") {
    return await applyMessageChange(sql, {
      ...ref,
      targetWamid: message.targetWamid ?? "",
      body: content.text,
      media: content.media,
      content: content.object,
      editedAt: effect.kind === "edit" ? message.at : null,
      revokedAt: effect.kind === "revoke" ? message.at : null,
    });
  }
  return await applyMessage(sql, {
    ...ref,
    ...person,
    messageId: makeId(),
    contactId: makeId(),
    conversationId: makeId(),
    newWaId: effect.kind === "new_identities" ? effect.waId : null,
    newBsuid: effect.kind === "new_identities" ? effect.bsuid : null,
    businessNumber: message.businessNumber,
    type: message.type,
    body: content.text,
    media: content.media,
    content: content.object,
    preview: describe(message),
    wamid: message.wamid,
    targetWamid: message.targetWamid,
    waitsForTarget,
    at: message.at,
    byPerson: message.type !== "system",
  });
}

const userIdUpdateSchema = z.looseObject({
  timestamp: z.union([z.number().int(), z.string().regex(/^[0-9]+$/)]).transform(Number)
    .pipe(z.number().min(0).max(99_999_999_999)),
  wa_id: z.string().regex(/^[1-9][0-9]{5,16}$/).optional(),
  user_id: z.looseObject({
    previous: z.string().min(1).optional(),
    current: z.string().min(1),
  }),
});

async function applyUserIdEvent(
  sql: Sql,
  ref: Ref,
  payload: Record<string, unknown>,
): Promise<Outcome> {
  const update = userIdUpdateSchema.parse(toStorable(payload.update));
  return await applyUserIdUpdate(sql, {
    ...ref,
    waId: update.wa_id ?? null,
    previousBsuid: update.user_id.previous ?? null,
    currentBsuid: update.user_id.current,
    at: new Date(update.timestamp * 1000),
  });
}

/** The one line by which the conversation shows the message. */
function describe(message: InboundMessage): string {
  const { text } = message.content;
  return text === null ? `[${message.type}]` : [...text].slice(0, PREVIEW_LENGTH).join("");
}

async function retryLater(sql: Sql, event: ClaimedMetaEvent): Promise<void> {
  const retryInMs = RETRY_AFTER_MS[event.attempts - 1];
  await settle(
    sql,
    event,
    retryInMs === undefined
      ? { state: "unmatched", error: "No message here has this id" }
      : { retryInMs, error: null },
  );
}

async function settleFailure(
  { sql, log, results }: Applying,
  event: ClaimedMetaEvent,
  error: unknown,
): Promise<void> {
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const isMalformed = error instanceof z.ZodError || error instanceof TypeError;
  const isCollision = error instanceof Error && "code" in error &&
    COLLISIONS.has(String(error.code));
  const isLast = isMalformed || event.attempts >= (isCollision ? MAX_COLLISIONS : MAX_FAILURES);
  results[isLast ? "failed" : isCollision ? "waiting" : "retried"].add();
  const fields = { event_id: event.id, kind: event.kind, error };
  if (isCollision && !isLast) log.debug("event_collided", fields);
  else log.error("event_not_applied", fields);
  try {
    await settle(
      sql,
      event,
      isLast ? { state: "failed", error: reason.slice(0, 1_000) } : {
        retryInMs: isCollision ? COLLISION_RETRY_MS : FAILURE_RETRY_MS,
        error: reason.slice(0, 1_000),
      },
    );
  } catch (cause) {
    log.warn("event_not_settled", { event_id: event.id, error: cause });
  }
}

async function settle(
  sql: Sql,
  event: ClaimedMetaEvent,
  outcome: Parameters<typeof settleMetaEvent>[2],
): Promise<void> {
  const ref = { accountId: event.account_id, id: event.id };
  await bounded(settleMetaEvent(sql, ref, outcome), APPLY_TIMEOUT_MS);
}
