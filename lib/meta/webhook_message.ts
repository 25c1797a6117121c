/**
 * One inbound message of a webhook, in our terms. Every kind becomes a text (what a person reads), a file, or Meta's
 * own object where we have no field for it; kinds that are not known here are kept as that object. Meta: "Webhooks,
 * messages reference" and its pages per kind.
 */
import { z } from "zod";
import { isJsonObject } from "@/lib/meta/meta_error.ts";
import { toStorable } from "@/lib/meta/storable_text.ts";

/** A file that somebody sent; it is fetched by its id. */
export interface InboundMedia {
  id: string;
  mime_type: string;
  filename: string | null;
  /** True for a voice note; null for what is not audio. */
  voice: boolean | null;
}

/** Who wrote, as far as Meta tells. */
export interface Person {
  /** Digits; null when the phone number is hidden. */
  waId: string | null;
  bsuid: string | null;
  username: string | null;
  profileName: string | null;
}

/** What a message says. */
export interface InboundContent {
  text: string | null;
  media: InboundMedia | null;
  /** Meta's own object, for kinds without a field. */
  object: Record<string, unknown> | null;
}

/** An inbound message. */
export interface InboundMessage {
  wamid: string;
  at: Date;
  person: Person;
  type: string;
  content: InboundContent;
  /** The business number it was sent to, "+" and digits. */
  businessNumber: string;
  /** The message that it answers, reacts to, edits or revokes. */
  targetWamid: string | null;
  effect:
    | { kind: "message" }
    | { kind: "edit" }
    | { kind: "revoke" }
    /** A system message: the sender has new identities. */
    | { kind: "new_identities"; waId: string | null; bsuid: string | null };
}

type Json = Record<string, unknown>;

const IDENTITY_CHANGES = new Set(["user_changed_number", "user_changed_user_id"]);
const MEDIA_TYPES = new Set(["image", "video", "document", "audio", "sticker"]);

const messageSchema = z.looseObject({
  id: z.string().min(1).max(200),
  timestamp: z.string().regex(/^[0-9]{1,11}$/),
  type: z.string().min(1).max(60),
  from: z.string().optional(),
  from_user_id: z.string().optional(),
});

const mediaSchema = z.looseObject({
  id: z.string().min(1),
  mime_type: z.string().default("application/octet-stream"),
  filename: z.string().optional(),
  caption: z.string().optional(),
  voice: z.boolean().optional(),
});

/** A message from its payload. Throws ZodError or TypeError for one that is malformed or names nobody. */
export function parseWebhookMessage(payload: Json): InboundMessage {
  const message = messageSchema.parse(toStorable(payload.message));
  const metadata = isJsonObject(payload.metadata) ? payload.metadata : {};
  const common = {
    wamid: message.id,
    at: new Date(Number(message.timestamp) * 1000),
    person: parsePerson(message, toStorable(payload.contacts)),
    type: message.type,
    businessNumber: `+${nonEmpty(metadata.display_phone_number)?.replace(/[^0-9]/g, "") ?? ""}`,
  };
  if (message.type === "edit") return { ...common, ...parseEdit(message) };
  if (message.type === "revoke") {
    return {
      ...common,
      content: { text: null, media: null, object: null },
      targetWamid: requireText(objectOf(message, "revoke").original_message_id, "revoke"),
      effect: { kind: "revoke" },
    };
  }
  return {
    ...common,
    content: parseContent(message),
    targetWamid: findTarget(message),
    effect: message.type === "system" ? parseSystem(message) : { kind: "message" },
  };
}

function parsePerson(message: z.output<typeof messageSchema>, contacts: unknown): Person {
  const contact = Array.isArray(contacts) && isJsonObject(contacts[0]) ? contacts[0] : {};
  const profile = objectOf(contact, "profile");
  const person: Person = {
    waId: digits(message.from) ?? digits(contact.wa_id),
    bsuid: nonEmpty(message.from_user_id) ?? nonEmpty(contact.user_id),
    username: nonEmpty(profile.username),
    profileName: nonEmpty(profile.name),
  };
  if (person.waId === null && person.bsuid === null) {
    throw new TypeError("The message names nobody: neither from nor from_user_id");
  }
  return person;
}

function parseContent(message: Json): InboundContent {
  const type = String(message.type);
  const object = objectOf(message, type);
  if (type === "text") return { text: nonEmpty(object.body) ?? "", media: null, object: null };
  if (MEDIA_TYPES.has(type)) {
    const media = parseMedia(object, type);
    if (media !== null) return media;
  }
  if (type === "reaction") return { text: nonEmpty(object.emoji), media: null, object: null };
  return { text: readableText(type, object), media: null, object: wholeObject(message, type) };
}

/** Null: it names no file, so it is kept as an object. */
function parseMedia(object: Json, type: string): InboundContent | null {
  const parsed = mediaSchema.safeParse(object);
  if (!parsed.success) return null;
  const media = parsed.data;
  return {
    text: nonEmpty(media.caption),
    media: {
      id: media.id,
      mime_type: media.mime_type,
      filename: media.filename ?? null,
      voice: type === "audio" ? media.voice ?? false : null,
    },
    object: null,
  };
}

/** The words of a kind that has no field of its own. */
function readableText(type: string, object: Json): string | null {
  switch (type) {
    case "button":
      return nonEmpty(object.text);
    case "interactive": {
      const reply = objectOf(object, nonEmpty(object.type) ?? "");
      return nonEmpty(reply.title) ?? nonEmpty(reply.body);
    }
    case "location":
      return nonEmpty(object.name) ?? nonEmpty(object.address);
    case "system":
      return nonEmpty(object.body);
    case "order":
      return nonEmpty(object.text);
    default:
      return null;
  }
}

/** Meta's object of a kind; of an unsupported message what Meta says of it. */
function wholeObject(message: Json, type: string): Json {
  const value = message[type];
  const errors = Array.isArray(message.errors) ? { errors: message.errors } : {};
  if (isJsonObject(value)) return { ...value, ...errors };
  if (Array.isArray(value)) return { [type]: value, ...errors };
  return errors;
}

function findTarget(message: Json): string | null {
  const target = message.type === "reaction"
    ? objectOf(message, "reaction").message_id
    : objectOf(message, "context").id;
  return nonEmpty(target);
}

function parseEdit(
  message: Json,
): Pick<InboundMessage, "content" | "targetWamid" | "effect"> {
  const edit = objectOf(message, "edit");
  if (!isJsonObject(edit.message) || nonEmpty(edit.message.type) === null) {
    throw new TypeError("The edit has no message");
  }
  return {
    content: parseContent(edit.message),
    targetWamid: requireText(edit.original_message_id, "edit"),
    effect: { kind: "edit" },
  };
}

function parseSystem(message: Json): InboundMessage["effect"] {
  const system = objectOf(message, "system");
  const isChange = IDENTITY_CHANGES.has(nonEmpty(system.type) ?? "");
  const waId = isChange ? digits(system.wa_id) : null;
  const bsuid = isChange ? nonEmpty(system.user_id) : null;
  if (waId === null && bsuid === null) return { kind: "message" };
  return { kind: "new_identities", waId, bsuid };
}

function requireText(value: unknown, type: string): string {
  const text = nonEmpty(value);
  if (text === null) throw new TypeError(`The ${type} names no message`);
  return text;
}

function objectOf(value: Json, name: string): Json {
  const inner = value[name];
  return isJsonObject(inner) ? inner : {};
}

function nonEmpty(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function digits(value: unknown): string | null {
  return typeof value === "string" && /^[1-9][0-9]{5,16}$/.test(value) ? value : null;
}
