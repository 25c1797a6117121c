/**
 * Everything that the page of one message tells: the message as the API shows it, where it came from, what happened to
 * it and when, and what its sender was warned of. Warnings are not stored; those that follow from what is stored are
 * worked out again.
 */
import type { Sql } from "@/db/connect.ts";
import { bounded } from "@/db/errors.ts";
import { findMessageOrigin, type MessageOrigin } from "@/db/message_origin.ts";
import { findMessage, type MessageRow } from "@/db/messages.ts";
import { listQuotedMessages, type QuotedMessage } from "@/db/thread_messages.ts";
import { READ_TIMEOUT_MS } from "@/lib/api/limits.ts";
import { isId } from "@/lib/ids.ts";

/** One thing that happened to a message. */
export interface MessageEvent {
  /** Null: it has not happened yet. */
  at: Date | null;
  kind:
    | "created"
    | "received"
    | "sent"
    | "delivered"
    | "read"
    | "failed"
    | "edited"
    | "revoked"
    | "waiting";
}

/** What the page shows. */
export interface MessageDetails {
  message: MessageRow;
  origin: MessageOrigin;
  /** From first to last. */
  events: MessageEvent[];
  warnings: string[];
  /** The message that this one answers or reacts to. */
  quoted: QuotedMessage | null;
}

/** The message of an account, or null. */
export async function findMessageDetails(
  sql: Sql,
  options: { accountId: string; messageId: string },
): Promise<MessageDetails | null> {
  if (!isId(options.messageId)) return null;
  const [message, origin] = await bounded(
    Promise.all([findMessage(sql, options), findMessageOrigin(sql, options)]),
    READ_TIMEOUT_MS,
  );
  if (message === null || origin === null) return null;
  const { reply_to_message_id: target, conversation_id: conversationId } = message;
  const [quoted = null] = target === null ? [] : await bounded(
    listQuotedMessages(sql, { accountId: options.accountId, conversationId, ids: [target] }),
    READ_TIMEOUT_MS,
  );
  return {
    message,
    origin,
    events: listEvents(message),
    warnings: listWarnings(message, origin),
    quoted,
  };
}

/** What happened to a message, as far as its row tells, from first to last. */
export function listEvents(message: MessageRow): MessageEvent[] {
  const happened: [MessageEvent["kind"], Date | null][] = [
    [message.direction === "inbound" ? "received" : "created", message.created_at],
    ["sent", message.sent_at],
    ["failed", message.failed_at],
    ["delivered", message.delivered_at],
    ["read", message.read_at],
    ["edited", message.edited_at],
    ["revoked", message.revoked_at],
  ];
  const events = happened.flatMap(([kind, at]): MessageEvent[] =>
    at === null ? [] : [{ kind, at }]
  );
  // Meta's times are whole seconds, ours are finer: in the same second the order above says which came first.
  const second = ({ at }: MessageEvent) => Math.floor((at?.getTime() ?? 0) / 1000);
  events.sort((a, b) => second(a) - second(b));
  const isWaiting = message.status === "pending" || message.status === "unknown";
  return isWaiting ? [...events, { kind: "waiting", at: null }] : events;
}

/** What the answer to the send warned of, as far as it can still be told. */
export function listWarnings(
  message: MessageRow,
  origin: Pick<MessageOrigin, "last_inbound_at">,
): string[] {
  if (message.direction === "inbound") return [];
  const warnings: string[] = [];
  if (message.type !== "template" && origin.last_inbound_at === null) {
    warnings.push(
      "Sent outside the 24-hour window: the recipient had not written within the day before, so WhatsApp may drop it " +
        "with error 131047. A template reaches people at any time.",
    );
  }
  if (message.type === "audio" && message.body !== null && message.body !== "") {
    warnings.push("WhatsApp shows no caption with audio: the text is stored but was not sent.");
  }
  return warnings;
}
