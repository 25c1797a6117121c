/**
 * Everything that the audit log knows, and how it says it. A sentence goes on after the person's address ("ann@… created
 * the API key …") and is made from the details that were stored with the entry; it never holds a secret.
 */

/** What an entry may carry. */
export type AuditDetails = Record<string, string | number | boolean | null>;

type Sentence = (details: AuditDetails) => string;

const named = (before: string): Sentence => ({ name }) =>
  name === undefined || name === null ? before : `${before} “${name}”`;

/** The actions, by name. Add yours here; the details it needs are those that its sentence reads. */
export const AUDIT_ACTIONS = {
  "account.created": named("created the account"),
  "account.renamed": ({ from, to }) => `renamed the account from “${from}” to “${to}”`,
  "account.exported": () => "exported the data of the account",
  "retention.changed": (details) => {
    const days = (name: string) =>
      (details[name] ?? null) === null ? "for ever" : `${details[name]} days`;
    return `changed how long data is kept: messages ${days("message_days")}, events ${
      days("event_days")
    }, ` +
      `requests ${days("request_days")}, the audit log ${days("audit_days")}`;
  },
  "user.signed_in": () => "signed in",
  "user.joined": () => "accepted an invitation and joined the team",
  "user.removed": ({ email }) => `removed ${email} from the team`,
  "user.password_changed": () => "changed their password",
  "invitation.created": ({ email }) => `invited ${email}`,
  "invitation.revoked": ({ email }) => `withdrew the invitation of ${email}`,
  "session.ended": () => "ended one of their sessions",
  "session.others_ended": ({ count }) =>
    count === 1 ? "ended another session of theirs" : `ended ${count} other sessions of theirs`,
  "api_key.created": named("created the API key"),
  "api_key.renamed": ({ from, to }) => `renamed the API key “${from}” to “${to}”`,
  "api_key.scopes_changed": named("changed the permissions of the API key"),
  "api_key.rate_limit_changed": named("changed the rate limit of the API key"),
  "api_key.expiry_changed": named("changed the expiry of the API key"),
  "api_key.rotated": named("rotated the API key"),
  "api_key.revoked": named("revoked the API key"),
  "whatsapp.setup_started": () => "began to connect WhatsApp",
  "whatsapp.setup_discarded": () => "discarded the WhatsApp set-up",
  "whatsapp.connected": ({ number }) =>
    number === undefined || number === null
      ? "connected a WhatsApp number"
      : `connected the WhatsApp number ${number}`,
  "whatsapp.disconnected": () => "disconnected WhatsApp",
  "whatsapp.number_changed": () => "chose another WhatsApp number",
  "whatsapp.token_changed": () => "changed the WhatsApp access token",
  "whatsapp.app_secret_changed": () => "changed the app secret of the WhatsApp integration",
  "whatsapp.verify_token_changed": () => "changed the verify token of the WhatsApp webhook",
  "whatsapp.number_registered": () => "registered the WhatsApp number with the Cloud API",
  "whatsapp.sending_only": () => "ended the WhatsApp set-up without a webhook",
  "whatsapp.app_subscribed": () => "subscribed the app to the WhatsApp business account",
  "message.sent": ({ to }) =>
    to === undefined || to === null ? "sent a message" : `sent a message to ${to}`,
  "message.reply_simulated": () => "simulated a reply in test mode",
  "contact.erased": ({ key }) =>
    key === undefined || key === null
      ? "erased the data of a person"
      : `erased the data of a person, with the API key “${key}”`,
  "conversation.status_changed": ({ to }) => `set a conversation to ${to}`,
} satisfies Record<string, Sentence>;

/** The name of an action. */
export type AuditAction = keyof typeof AUDIT_ACTIONS;

/** What an entry says, without the person. An action of another version is shown by its name. */
export function auditSentence(action: string, details: AuditDetails): string {
  const sentence: Sentence | undefined = Object.hasOwn(AUDIT_ACTIONS, action)
    ? AUDIT_ACTIONS[action as AuditAction]
    : undefined;
  return sentence?.(details) ?? action;
}
