/** A send as begin_sends() takes it, for tests that go to the database directly. */
import type { BeginSend } from "@/db/sends.ts";
import { makeId } from "@/lib/ids.ts";

/** What has to be told of it; anything else may be. */
export type PlainSend = Pick<BeginSend, "accountId" | "phone"> & Partial<BeginSend>;

/** A text with new ids, without an Idempotency-Key or an API key. */
export function plainSend(send: PlainSend): BeginSend {
  return {
    messageId: makeId(),
    contactId: makeId(),
    conversationId: makeId(),
    bsuid: null,
    name: null,
    type: "text",
    body: "Hello",
    mediaUrl: null,
    filename: null,
    template: null,
    preview: "Hello",
    replyToMessageId: null,
    endpoint: "POST /api/v1/messages",
    idempotency: null,
    leaseMs: 60_000,
    apiKeyId: null,
    requestId: "test",
    keyHash: null,
    ...send,
  };
}
