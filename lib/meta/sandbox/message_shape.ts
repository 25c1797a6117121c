/**
 * Checks the body of `POST /{number}/messages` from the envelope down. It knows
 * the types of message that this product sends, plus stickers; the template's
 * inside is template_shape.ts's, the recipient's meaning recipient.ts's.
 * Source: Meta's send-messages reference.
 */
import {
  boolean,
  object,
  oneOf,
  requireObject,
  type Shape,
  text,
} from "@/lib/meta/sandbox/json_shape.ts";
import { mediaSource } from "@/lib/meta/sandbox/media_shape.ts";
import { SandboxRefusal } from "@/lib/meta/sandbox/refusal.ts";
import { template } from "@/lib/meta/sandbox/template_shape.ts";

const wamid = text({
  max: 128,
  pattern: /^wamid\.\S+$/,
  expected: "a WhatsApp message id",
});
const caption = text({ max: 1024 });

const TYPE_OBJECTS: Readonly<Record<string, Shape>> = {
  text: object({ body: text({ max: 4096 }) }, { preview_url: boolean }),
  image: mediaSource({ caption }),
  video: mediaSource({ caption }),
  document: mediaSource({ caption, filename: text() }),
  audio: mediaSource({ voice: boolean }),
  sticker: mediaSource(),
  template,
};

/** Refuses a send that Meta would refuse; the recipient's form is left out. */
export function checkMessage(body: Record<string, unknown>): void {
  const type = body.type ?? "text";
  oneOf(...Object.keys(TYPE_OBJECTS))(type, "type");
  const typeName = String(type);
  object(
    {
      messaging_product: oneOf("whatsapp"),
      [typeName]: TYPE_OBJECTS[typeName] ?? refuseAlways,
    },
    {
      recipient_type: oneOf("individual"),
      to: text(),
      recipient: text(),
      type: text(),
      context: object({ message_id: wamid }),
      biz_opaque_callback_data: text({ max: 512 }),
      recipient_identity_key_hash: text(),
      messaging_account_id: text(),
    },
  )(body, "");
  if (body.to === undefined && body.recipient === undefined) {
    throw new SandboxRefusal(131008, "The parameter to is required.");
  }
}

/** Tells whether the body marks an inbound message as read. */
export function isMarkRead(body: Record<string, unknown>): boolean {
  return body.status !== undefined;
}

/** Refuses a malformed "mark as read" request. */
export function checkMarkRead(body: Record<string, unknown>): void {
  object(
    {
      messaging_product: oneOf("whatsapp"),
      status: oneOf("read"),
      message_id: wamid,
    },
    { typing_indicator: object({ type: oneOf("text") }) },
  )(body, "");
}

/** Parses the request's text as a JSON object or refuses it. */
export function parseBody(bodyText: string | null): Record<string, unknown> {
  if (bodyText === null || bodyText === "") {
    throw new SandboxRefusal(100, "The request has no JSON body.");
  }
  let body: unknown;
  try {
    body = JSON.parse(bodyText);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new SandboxRefusal(100, "The request's body is not valid JSON.");
  }
  return requireObject(body, "messages");
}

const refuseAlways: Shape = (_value, path) => {
  throw new SandboxRefusal(100, `Unexpected key "${path}" on param "messages".`);
};
