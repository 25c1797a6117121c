/**
 * The sandbox's `POST /{number}/messages`: check the body, let a magic
 * recipient have its way, else take the message. Every call that gets this far
 * is told to the `record` callback exactly once, refusals included.
 */
import type {
  SandboxOptions,
  SandboxRecord,
  SandboxResponse,
} from "@/lib/meta/sandbox/contract.ts";
import { findMagicRecipient, type MagicBehaviour } from "@/lib/meta/sandbox/magic_recipients.ts";
import {
  checkMarkRead,
  checkMessage,
  isMarkRead,
  parseBody,
} from "@/lib/meta/sandbox/message_shape.ts";
import { type ResolvedRecipient, resolveRecipient } from "@/lib/meta/sandbox/recipient.ts";
import { SandboxRefusal } from "@/lib/meta/sandbox/refusal.ts";
import { makeWamid, randomBytesOf } from "@/lib/meta/sandbox/wamid.ts";

/** Handles a send or "mark as read"; throws SandboxRefusal as Meta would refuse. */
export function handleSend(
  bodyText: string | null,
  context: { phoneNumberId: string; isRegistered: boolean; options: SandboxOptions },
): SandboxResponse {
  const { options, phoneNumberId } = context;
  const record: SandboxRecord = {
    atMs: (options.now ?? Date.now)(),
    phoneNumberId,
    body: null,
    wamid: null,
    waId: null,
    userId: null,
    reachable: false,
    notes: [],
    refusedWithCode: null,
  };
  try {
    record.body = parseBody(bodyText);
    if (isMarkRead(record.body)) {
      checkMarkRead(record.body);
      return jsonAnswer({ success: true });
    }
    if (!context.isRegistered) {
      throw new SandboxRefusal(133010, "The phone number is not registered.");
    }
    return takeMessage(record.body, { record, options });
  } catch (error) {
    if (error instanceof SandboxRefusal) record.refusedWithCode = error.code;
    throw error;
  } finally {
    options.record?.(record);
  }
}

function takeMessage(
  body: Record<string, unknown>,
  context: { record: SandboxRecord; options: SandboxOptions },
): SandboxResponse {
  const { record, options } = context;
  checkMessage(body);
  const recipient = resolveRecipient(body, {
    countryCode: options.countryCode ?? "1",
  });
  Object.assign(record, {
    waId: recipient.waId,
    userId: recipient.userId,
    notes: recipient.notes,
  });
  const magic = recipient.phone === null ? null : findMagicRecipient(recipient.phone);
  const behaviour = magic?.behaviour ?? null;
  if (behaviour?.kind === "refuse") {
    throw new SandboxRefusal(behaviour.code, behaviour.details, {
      ...(behaviour.retryAfterSeconds === undefined
        ? {}
        : { retryAfterSeconds: behaviour.retryAfterSeconds }),
    });
  }
  if (isTaken(behaviour)) {
    record.wamid = makeWamid(recipient.waId ?? "", randomBytesOf(options));
    record.reachable = recipient.reachable;
  }
  return respond(behaviour, acceptedBody(body, { recipient, record }));
}

function isTaken(behaviour: MagicBehaviour | null): boolean {
  if (behaviour === null) return true;
  if (behaviour.kind === "accept_late" || behaviour.kind === "accept_then_fail") return true;
  return behaviour.kind === "broken_answer" && behaviour.taken;
}

function respond(
  behaviour: MagicBehaviour | null,
  accepted: Record<string, unknown>,
): SandboxResponse {
  switch (behaviour?.kind) {
    case "never_answer":
      return { kind: "never_answer" };
    case "connection_refused":
      return { kind: "connection_refused" };
    case "broken_answer":
      return {
        kind: "answer",
        status: behaviour.httpStatus,
        headers: { "content-type": "text/html" },
        body: behaviour.body,
        delayMs: 0,
      };
    case "accept_late":
      return { ...jsonAnswer(accepted), delayMs: behaviour.delayMs };
    default:
      return jsonAnswer(accepted);
  }
}

function acceptedBody(
  body: Record<string, unknown>,
  context: { recipient: ResolvedRecipient; record: SandboxRecord },
): Record<string, unknown> {
  const { recipient, record } = context;
  return {
    messaging_product: "whatsapp",
    contacts: [{
      input: recipient.input,
      ...(recipient.waId === null ? {} : { wa_id: recipient.waId }),
      ...(recipient.userId === null ? {} : { user_id: recipient.userId }),
    }],
    messages: [{
      id: record.wamid,
      ...(body.type === "template" ? { message_status: "accepted" } : {}),
    }],
  };
}

function jsonAnswer(
  body: Record<string, unknown>,
): SandboxResponse & { kind: "answer" } {
  return {
    kind: "answer",
    status: 200,
    headers: { "content-type": "application/json; charset=UTF-8" },
    body: JSON.stringify(body),
    delayMs: 0,
  };
}
