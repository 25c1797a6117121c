/**
 * Takes a webhook apart into single items, since one POST may carry up to 1,000 of them for several numbers. Each item
 * gets all it needs to be understood by itself, so that one bad item cannot spoil its neighbours. Nothing is judged
 * here but the outer structure. Meta: "Webhooks, messages reference".
 */
import { isJsonObject } from "@/lib/meta/meta_error.ts";

/** What an item is about. */
export type WebhookItemKind = "status" | "message" | "user_id_update" | "other";

/** One item, with what surrounds it. */
export interface WebhookItem {
  kind: WebhookItemKind;
  /** Meta's name of the field, such as "messages". */
  field: string;
  /** The business account it came for; null if it was not named. */
  wabaId: string | null;
  /** The number it came for; null for what concerns the whole account. */
  phoneNumberId: string | null;
  payload: Record<string, unknown>;
}

type Json = Record<string, unknown>;

/** The items of a body; one of kind "other" for whatever has not the structure of a webhook. */
export function splitWebhook(body: unknown): WebhookItem[] {
  const entries = isJsonObject(body) && Array.isArray(body.entry) ? body.entry : [body];
  return entries.flatMap((entry) => {
    if (!isJsonObject(entry) || !Array.isArray(entry.changes)) return [strange(entry)];
    return entry.changes.flatMap((change) => splitChange(entry, change));
  });
}

/** The phone number ids and account ids that a body names, for finding who may have signed it. */
export function namedIds(
  items: WebhookItem[],
): { phoneNumberIds: Set<string>; wabaIds: Set<string> } {
  return {
    phoneNumberIds: new Set(items.flatMap((item) => item.phoneNumberId ?? [])),
    wabaIds: new Set(items.flatMap((item) => item.wabaId ?? [])),
  };
}

function splitChange(entry: Json, change: unknown): WebhookItem[] {
  if (!isJsonObject(change) || !isJsonObject(change.value)) return [strange(change)];
  const { value } = change;
  const field = textOf(change.field) ?? "unknown";
  const metadata = isJsonObject(value.metadata) ? value.metadata : {};
  const surroundings = {
    field,
    wabaId: textOf(entry.id),
    phoneNumberId: textOf(metadata.phone_number_id),
  };
  const contacts = Array.isArray(value.contacts) ? value.contacts : [];
  const items: WebhookItem[] = [
    ...listOf(value, "messages", field).map((message) => ({
      ...surroundings,
      kind: "message" as const,
      payload: { metadata, contacts: contactsOf(contacts, message), message },
    })),
    ...listOf(value, "statuses", field).map((status) => ({
      ...surroundings,
      kind: "status" as const,
      payload: { contacts: contactsOf(contacts, status), status },
    })),
    ...listOf(value, "user_id_update", field).map((update) => ({
      ...surroundings,
      kind: "user_id_update" as const,
      payload: { update },
    })),
  ];
  if (items.length > 0) return items;
  return [{ ...surroundings, kind: "other", payload: { value } }];
}

/** The list of a value, if the field is one in which that list has this meaning. */
function listOf(value: Json, name: string, field: string): unknown[] {
  const expected = name === "user_id_update" ? "user_id_update" : "messages";
  const list = value[name];
  return field === expected && Array.isArray(list) ? list : [];
}

/** Of many contacts those that the item names; of one, that one: it may be named by another identity. */
function contactsOf(contacts: unknown[], item: unknown): unknown[] {
  if (contacts.length <= 1 || !isJsonObject(item)) return contacts;
  const ids = [item.from, item.from_user_id, item.recipient_id, item.recipient_user_id];
  return contacts.filter((contact) =>
    isJsonObject(contact) &&
    [contact.wa_id, contact.user_id].some((id) => id !== undefined && ids.includes(id))
  );
}

function strange(content: unknown): WebhookItem {
  return {
    kind: "other",
    field: "unknown",
    wabaId: null,
    phoneNumberId: null,
    payload: { content },
  };
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
