/**
 * Whether one of Meta's events is about a person: it came from them, went to them, or tells of their identities. That
 * somebody else wrote their number, or sent their contact card, is not about them.
 */
import type { MetaEventKind } from "@/db/meta_events.ts";
import { isJsonObject, parseJson } from "@/lib/meta/meta_error.ts";

/** The fields in which Meta names people. Meta: "Webhooks, messages reference", "user_id_update". */
const NAMING_FIELDS = new Set([
  "from",
  "from_user_id",
  "wa_id",
  "user_id",
  "recipient_id",
  "recipient_user_id",
  "previous",
  "current",
  "parent_user_id",
  "from_parent_user_id",
]);

/** Whether an event is about somebody with one of these identities. Of what cannot be understood, any mention counts. */
export function isEventAbout(
  event: { kind: MetaEventKind; payload: string },
  identities: ReadonlySet<string>,
): boolean {
  const payload = parseJson(event.payload);
  if (event.kind === "other" || !isJsonObject(payload)) return mentions(payload, identities);
  const { message, ...rest } = payload;
  // The cards of people that a message may carry.
  const { contacts: _cards, ...own } = isJsonObject(message) ? message : {};
  return names(rest, identities) || names(own, identities);
}

function names(value: unknown, identities: ReadonlySet<string>): boolean {
  if (Array.isArray(value)) return value.some((item) => names(item, identities));
  if (!isJsonObject(value)) return false;
  return Object.entries(value).some(([field, inner]) =>
    typeof inner === "string"
      ? NAMING_FIELDS.has(field) && isIdentity(inner, identities)
      : names(inner, identities)
  );
}

function mentions(value: unknown, identities: ReadonlySet<string>): boolean {
  if (typeof value === "string") return isIdentity(value, identities);
  if (Array.isArray(value)) return value.some((item) => mentions(item, identities));
  return isJsonObject(value) &&
    Object.values(value).some((inner) => mentions(inner, identities));
}

function isIdentity(text: string, identities: ReadonlySet<string>): boolean {
  return identities.has(text.replace(/^\+/, ""));
}
