/**
 * What Meta would tell of a message that the sandbox took: its statuses, and a reply if the text asks for one. Bodies
 * in Meta's exact shapes; when and how they are delivered is not this file's business.
 */
import type { SandboxRecord } from "@/lib/meta/sandbox/contract.ts";
import { findMagicRecipient } from "@/lib/meta/sandbox/magic_recipients.ts";
import { makeWamid } from "@/lib/meta/sandbox/wamid.ts";

/** The number that a message was sent from. */
export interface SandboxSender {
  wabaId: string;
  phoneNumberId: string;
  /** Digits, as webhooks name it. */
  displayPhoneNumber: string;
}

/** A webhook to deliver after a while. */
export interface PlannedWebhook {
  afterMs: number;
  body: Record<string, unknown>;
}

const SENT_AFTER_MS = 200;
const DELIVERED_AFTER_MS = 700;
const READ_AFTER_MS = 1_500;
const REPLY_AFTER_MS = 1_800;
const REPLY_COMMAND = "/reply ";
const PROFILE = { name: "Test person" };

/** The webhooks that follow a message; none if it was not taken, or reached nobody. */
export function planWebhooks(
  record: SandboxRecord,
  options: { sender: SandboxSender; randomBytes: (length: number) => Uint8Array },
): PlannedWebhook[] {
  if (record.wamid === null || !record.reachable) return [];
  const person = describePerson(record);
  const failure = typeof record.body?.to === "string"
    ? findMagicRecipient(record.body.to)?.behaviour
    : undefined;
  const status = (name: string, afterMs: number, errors?: unknown[]): PlannedWebhook => ({
    afterMs,
    body: envelope(options.sender, {
      // Meta leaves the contacts out of failures.
      ...(errors === undefined ? { contacts: [person.contact] } : {}),
      statuses: [{
        id: record.wamid,
        status: name,
        timestamp: seconds(record.atMs + afterMs),
        ...(record.waId === null ? {} : { recipient_id: record.waId }),
        ...(record.userId === null ? {} : { recipient_user_id: record.userId }),
        ...callbackData(record),
        ...(errors === undefined ? {} : { errors }),
      }],
    }),
  });
  if (failure?.kind === "accept_then_fail") {
    const { code, title, details } = failure;
    return [
      status("failed", DELIVERED_AFTER_MS, [
        { code, title, message: title, error_data: { details } },
      ]),
    ];
  }
  const statuses = [
    status("sent", SENT_AFTER_MS),
    status("delivered", DELIVERED_AFTER_MS),
    status("read", READ_AFTER_MS),
  ];
  const reply = replyText(record);
  if (reply === null) return statuses;
  return [...statuses, {
    afterMs: REPLY_AFTER_MS,
    body: envelope(options.sender, {
      contacts: [person.contact],
      messages: [{
        context: { from: options.sender.displayPhoneNumber, id: record.wamid },
        ...person.from,
        id: makeWamid(record.waId ?? "", options.randomBytes),
        timestamp: seconds(record.atMs + REPLY_AFTER_MS),
        type: "text",
        text: { body: reply },
      }],
    }),
  }];
}

/** The webhook of a text that a person writes on their own, in answer to nothing. */
export function planInboundText(
  text: string,
  options: {
    sender: SandboxSender;
    person: Pick<SandboxRecord, "waId" | "userId">;
    nowMs: number;
    randomBytes: (length: number) => Uint8Array;
  },
): PlannedWebhook {
  const person = describePerson(options.person);
  return {
    afterMs: 0,
    body: envelope(options.sender, {
      contacts: [person.contact],
      messages: [{
        ...person.from,
        id: makeWamid(options.person.waId ?? "", options.randomBytes),
        timestamp: seconds(options.nowMs),
        type: "text",
        text: { body: text },
      }],
    }),
  };
}

function envelope(sender: SandboxSender, content: Record<string, unknown>) {
  return {
    object: "whatsapp_business_account",
    entry: [{
      id: sender.wabaId,
      changes: [{
        field: "messages",
        value: {
          messaging_product: "whatsapp",
          metadata: {
            display_phone_number: sender.displayPhoneNumber,
            phone_number_id: sender.phoneNumberId,
          },
          ...content,
        },
      }],
    }],
  };
}

function describePerson(record: Pick<SandboxRecord, "waId" | "userId">) {
  const { waId, userId } = record;
  return {
    contact: {
      profile: PROFILE,
      ...(waId === null ? {} : { wa_id: waId }),
      ...(userId === null ? {} : { user_id: userId }),
    },
    from: {
      ...(waId === null ? {} : { from: waId }),
      ...(userId === null ? {} : { from_user_id: userId }),
    },
  };
}

function callbackData(record: SandboxRecord): Record<string, unknown> {
  const data = record.body?.biz_opaque_callback_data;
  return data === undefined ? {} : { biz_opaque_callback_data: data };
}

function replyText(record: SandboxRecord): string | null {
  const text = record.body?.text;
  if (typeof text !== "object" || text === null || !("body" in text)) return null;
  const { body } = text;
  if (typeof body !== "string" || !body.startsWith(REPLY_COMMAND)) return null;
  const reply = body.slice(REPLY_COMMAND.length);
  // Nobody can write nothing.
  return reply.trim() === "" ? null : reply;
}

/** Unix seconds as text, as in webhooks. */
function seconds(atMs: number): string {
  return String(Math.floor(atMs / 1000));
}
