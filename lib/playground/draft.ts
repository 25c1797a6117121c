/**
 * A message as it is being composed in the playground: what the form's fields hold, and the body of
 * `POST /api/v1/messages` that they make. Nothing is checked here, so that a wrong value reaches the API's own checks
 * as it is. Runs in the browser too and imports nothing that runs.
 */
import type { MessageType } from "@/lib/messages/message_request.ts";
import type { HeaderMediaType } from "@/lib/meta/template_components.ts";

/** A variable of a template's body; a blank name means that it is known by its place. */
export interface BodyValue {
  name: string;
  value: string;
}

/** What the form holds; a field that is empty is "". */
export interface PlaygroundDraft {
  type: MessageType;
  to: string;
  text: string;
  mediaUrl: string;
  filename: string;
  templateName: string;
  templateLanguage: string;
  bodyValues: BodyValue[];
  headerText: string;
  headerMediaUrl: string;
  headerMediaId: string;
  headerMediaType: HeaderMediaType | "";
  /** By the button's index. */
  buttonValues: string[];
  replyTo: string;
  contactName: string;
  /** Not of the body: the header Idempotency-Key. */
  idempotencyKey: string;
}

/** The values of a field, in the order of the form; none if the field is not there. */
export type FieldReader = (name: string) => readonly string[];

/** What the types are called, in the order of the API's documentation. */
export const TYPE_LABELS: Readonly<Record<MessageType, string>> = {
  text: "Text",
  template: "Template",
  image: "Image",
  video: "Video",
  document: "Document",
  audio: "Audio",
};

const HEADER_MEDIA_TYPES: readonly string[] = ["image", "video", "document"];
const DEFAULT_LANGUAGE = "en_US";

/** The draft that a form or a link holds. An unknown type is read as text. */
export function readDraft(read: FieldReader): PlaygroundDraft {
  // Forms send line ends as CRLF, whatever was typed (HTML, section 4.10.21.4).
  const clean = (value: string | undefined) => (value ?? "").replaceAll("\r\n", "\n");
  const one = (name: string) => clean(read(name)[0]);
  const names = read("body_name");
  const values = read("body_value");
  const bodyValues = Array.from(
    { length: Math.max(names.length, values.length) },
    (_, index) => ({ name: clean(names[index]), value: clean(values[index]) }),
  );
  const type = one("type");
  const mediaType = one("header_media_type");
  return {
    type: isType(type) ? type : "text",
    to: one("to"),
    text: one("text"),
    mediaUrl: one("media_url"),
    filename: one("filename"),
    templateName: one("template_name"),
    templateLanguage: read("template_language").length > 0
      ? one("template_language")
      : DEFAULT_LANGUAGE,
    bodyValues: withoutBlankEnd(bodyValues, ({ name, value }) => name === "" && value === ""),
    headerText: one("header_text"),
    headerMediaUrl: one("header_media_url"),
    headerMediaId: one("header_media_id"),
    headerMediaType: HEADER_MEDIA_TYPES.includes(mediaType) ? mediaType as HeaderMediaType : "",
    buttonValues: withoutBlankEnd(read("button_value").map(clean), (value) => value === ""),
    replyTo: one("reply_to_message_id"),
    contactName: one("contact_name"),
    idempotencyKey: one("idempotency_key"),
  };
}

/** The fields of a draft as `readDraft` reads them, without those that are empty; for links. */
export function draftToFields(draft: PlaygroundDraft): [name: string, value: string][] {
  const fields: [string, string][] = [
    ["type", draft.type],
    ["to", draft.to],
    ["text", draft.text],
    ["media_url", draft.mediaUrl],
    ["filename", draft.filename],
    ["template_name", draft.templateName],
    ["header_text", draft.headerText],
    ["header_media_url", draft.headerMediaUrl],
    ["header_media_id", draft.headerMediaId],
    ["header_media_type", draft.headerMediaType],
    ["reply_to_message_id", draft.replyTo],
    ["contact_name", draft.contactName],
    ["idempotency_key", draft.idempotencyKey],
  ];
  const language = draft.templateLanguage;
  return [
    ...fields.filter(([, value]) => value !== ""),
    // Emptied is not the same as left out, which means the usual language.
    ...(language === DEFAULT_LANGUAGE ? [] : [["template_language", language] as const]),
    // Pairs are known by their place, so blank ones stay.
    ...draft.bodyValues.flatMap(({ name, value }) =>
      [["body_name", name], ["body_value", value]] as const
    ),
    ...draft.buttonValues.map((value) => ["button_value", value] as const),
  ].map(([name, value]) => [name, value]);
}

/** The request body: what the type has, without the fields that are empty. */
export function draftToBody(draft: PlaygroundDraft): Record<string, unknown> {
  const { type } = draft;
  return withoutEmpty({
    to: draft.to,
    type: type === "text" ? "" : type,
    ...(type === "template" ? { template: toTemplate(draft) } : { text: draft.text }),
    ...(type === "text" || type === "template" ? {} : { media_url: draft.mediaUrl }),
    ...(type === "document" ? { filename: draft.filename } : {}),
    reply_to_message_id: draft.replyTo,
    name: draft.contactName,
  });
}

function toTemplate(draft: PlaygroundDraft): Record<string, unknown> {
  const { bodyValues } = draft;
  const isNamed = bodyValues.some(({ name }) => name !== "");
  const body = isNamed
    ? Object.fromEntries(bodyValues.map(({ name, value }) => [name, value]))
    : bodyValues.map(({ value }) => value);
  const buttons = Object.fromEntries(
    draft.buttonValues.map((value, index) => [String(index), value]).filter(([, value]) =>
      value !== ""
    ),
  );
  const components = withoutEmpty({
    ...(bodyValues.length === 0 ? {} : { body }),
    headerText: draft.headerText,
    headerMediaUrl: draft.headerMediaUrl,
    headerMediaId: draft.headerMediaId,
    headerMediaType: draft.headerMediaType,
    ...(Object.keys(buttons).length === 0 ? {} : { buttonParams: buttons }),
  });
  const names = Object.keys(components);
  const params = Array.isArray(body) && names.every((name) => name === "body") ? body : components;
  return withoutEmpty({
    name: draft.templateName,
    language: draft.templateLanguage,
    ...(names.length === 0 ? {} : { params }),
  });
}

function withoutEmpty(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ""));
}

function withoutBlankEnd<Entry>(entries: Entry[], isBlank: (entry: Entry) => boolean): Entry[] {
  return entries.slice(0, entries.findLastIndex((entry) => !isBlank(entry)) + 1);
}

function isType(text: string): text is MessageType {
  return Object.hasOwn(TYPE_LABELS, text);
}
