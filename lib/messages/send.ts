/**
 * One send on its way through the pipeline: on whose behalf, what, and until when. The clock of all times here is
 * `performance.now()`, which never jumps.
 */
import type { BegunSend } from "@/db/sends.ts";
import type { Idempotency } from "@/lib/api/idempotency.ts";
import type { KeyProof } from "@/lib/api/known_keys.ts";
import { makeId } from "@/lib/ids.ts";
import type { Mode } from "@/lib/keys/key_format.ts";
import type { MessageRequest } from "@/lib/messages/message_request.ts";

/** The endpoint that idempotency keys of sends belong to. */
export const SEND_ENDPOINT = "POST /api/v1/messages";

/** On whose behalf a message is sent. */
export interface Sender {
  accountId: string;
  mode: Mode;
  /** Null when a person sends from the admin UI. */
  apiKeyId: string | null;
  requestId: string;
}

/** What is to be sent. */
export interface SendInput {
  sender: Sender;
  request: MessageRequest;
  idempotency: Idempotency | null;
  /** To be settled by begin; null: the key is proved, or there is none. */
  keyProof: KeyProof | null;
}

/** A send under way. */
export interface Send extends SendInput {
  messageId: string;
  /** The caller has an answer by then. */
  deadlineAt: number;
  /** The result is stored by then, or the sweep takes over. */
  leaseEndsAt: number;
}

/** A send whose message is in the database. */
export type CreatedSend = Extract<BegunSend, { outcome: "created" }>;

/** The deadline leaves this much beyond one attempt, the lease this much beyond the deadline. */
const MARGIN_MS = 5_000;

/** How long a send may take in all. */
export function sendDeadlineMs(metaTimeoutMs: number): number {
  return metaTimeoutMs + MARGIN_MS;
}

/** A send that starts now. */
export function makeSend(input: SendInput, options: { metaTimeoutMs: number }): Send {
  const deadlineAt = performance.now() + sendDeadlineMs(options.metaTimeoutMs);
  return { ...input, messageId: makeId(), deadlineAt, leaseEndsAt: deadlineAt + MARGIN_MS };
}
