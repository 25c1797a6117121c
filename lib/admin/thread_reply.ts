/**
 * The reply box of a conversation: what its form holds, and the send. The idempotency key is made with the form, so
 * however often the form arrives, one message goes out.
 */
import { z } from "zod";
import type { ConversationRow } from "@/db/conversations.ts";
import type { AdminContext } from "@/lib/admin/admin_state.ts";
import { sendAsUser } from "@/lib/admin/send_as_user.ts";
import type { Services } from "@/lib/services.ts";

const MAX_TEXT_LENGTH = 4096;

/** A text as people type it: browsers send line ends as CR LF. */
export const threadTextField = z.string({ error: "Write a message first" })
  .transform((text) => text.replaceAll("\r\n", "\n"))
  .refine((text) => text.trim() !== "", { error: "Write a message first" })
  .refine((text) => text.length <= MAX_TEXT_LENGTH, {
    error: `WhatsApp takes at most ${MAX_TEXT_LENGTH} characters: shorten the message`,
  });

/** The reply form. */
export const replySchema = z.object({
  text: threadTextField,
  idempotency_key: z.string({ error: "The form has no key: open the page again" })
    .regex(/^[\x21-\x7e]{1,255}$/, { error: "The form's key is damaged: open the page again" }),
});

/** What became of a reply. */
export type ReplyOutcome =
  /** "settling": Meta may have it; the status follows by itself. A repeat of the form sends nothing. */
  | { kind: "sent" | "settling"; messageId: string | null; isRepeat: boolean }
  | { kind: "refused"; status: number; message: string };

/** Sends a text to the contact of a conversation on behalf of the signed-in user. */
export async function sendReply(
  services: Services,
  options: {
    admin: AdminContext;
    conversation: ConversationRow;
    text: string;
    idempotencyKey: string;
    requestId: string;
  },
): Promise<ReplyOutcome> {
  const { contact } = options.conversation;
  const response = await sendAsUser(services, {
    admin: options.admin,
    body: { to: contact.phone ?? toPhone(contact.wa_id) ?? contact.bsuid, text: options.text },
    idempotencyKey: options.idempotencyKey,
    requestId: options.requestId,
  });
  const { data, error } = answerSchema.parse(await response.json());
  if (data !== undefined) {
    const isRepeat = response.headers.has("idempotent-replayed");
    return { kind: "sent", messageId: data.message_id, isRepeat };
  }
  if (error === undefined) throw new TypeError("The answer to a send has neither data nor error");
  if (error.code === "outcome_unknown" || error.code === "idempotency_in_progress") {
    const messageId = error.details?.message_id ?? null;
    return { kind: "settling", messageId, isRepeat: response.status === 409 };
  }
  return { kind: "refused", status: response.status, message: error.message };
}

const answerSchema = z.object({
  data: z.object({ message_id: z.string() }).optional(),
  error: z.object({
    code: z.string(),
    message: z.string(),
    details: z.object({ message_id: z.string().optional() }).optional(),
  }).optional(),
});

function toPhone(waId: string | null): string | null {
  return waId === null ? null : `+${waId}`;
}
