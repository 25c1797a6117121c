/**
 * The body of `POST /api/v1/messages`: its schema, and the rules that span several fields. The schema is the source of
 * the API's documentation too, so it says only what holds for a field by itself; which fields go with which type is in
 * message_rules.ts. All problems are reported at once.
 */
import { z } from "zod";
import type { Warning } from "@/lib/api/envelope.ts";
import { invalidInput } from "@/lib/api/errors.ts";
import { text, withoutNulls } from "@/lib/api/text.ts";
import { collectIssues } from "@/lib/api/validation.ts";
import type { OutboundMessage } from "@/lib/meta/payload.ts";
import { findRuleIssues, MAX_CAPTION_LENGTH } from "@/lib/messages/message_rules.ts";
import { TEMPLATE_FIELDS, templateSchema } from "@/lib/messages/template_schema.ts";
import { type ParsedRecipient, parseRecipient } from "@/lib/phone.ts";

/** The kinds of message that the API sends. */
export const MESSAGE_TYPES = ["text", "template", "image", "video", "document", "audio"] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

const MAX_TEXT_LENGTH = 4096;
const MAX_NAME_LENGTH = 200;
const MAX_FILENAME_LENGTH = 240;
const MAX_URL_LENGTH = 2048;

/** The request body, field by field. */
export const messageRequestSchema = z.strictObject({
  to: text({ max: 200 }).describe(
    "The recipient: a phone number in E.164, such as `+14155550123`, or a WhatsApp user id (BSUID), such as " +
      "`US.13491208655302741918`. Spaces, dots, dashes and brackets are ignored; digits without `+` must begin with a " +
      "country code, and a warning says how they were read",
  ),
  type: z.enum(MESSAGE_TYPES).default("text").describe("What to send"),
  text: text({ max: MAX_TEXT_LENGTH }).optional().describe(
    `Required for \`text\`: what to say. For media: the caption, at most ${MAX_CAPTION_LENGTH} characters; with audio ` +
      "it is stored but not sent",
  ),
  media_url: text({ max: MAX_URL_LENGTH }).optional().describe(
    "Required for media: where Meta fetches the file, without signing in. An http or https URL with a public host",
  ),
  filename: text({ min: 1, max: MAX_FILENAME_LENGTH }).optional().describe(
    "The name a document is shown with; ignored for other types",
  ),
  template: templateSchema.optional().describe(
    "Required for `template`: which one, and the values of its variables",
  ),
  reply_to_message_id: z.uuid().optional().describe(
    "The id of a message of the conversation with this recipient that this one answers",
  ),
  name: text({ min: 1, max: MAX_NAME_LENGTH }).optional().describe(
    "The contact's name, used only if the contact is created by this request",
  ),
});

/** A checked request, in the terms of the send pipeline. */
export interface MessageRequest {
  recipient: ParsedRecipient;
  /** What goes to Meta. */
  message: OutboundMessage;
  /** The text or caption as stored: Meta takes no caption on audio, the log still shows it. */
  text: string | null;
  mediaUrl: string | null;
  filename: string | null;
  replyToMessageId: string | null;
  name: string | null;
  warnings: Warning[];
}

const FIELDS: Record<string, readonly string[]> = {
  "": Object.keys(messageRequestSchema.shape),
  ...TEMPLATE_FIELDS,
};

/**
 * Checks a request body.
 *
 * @throws ApiError bad_request that lists every problem
 */
export function parseMessageRequest(body: Record<string, unknown>): MessageRequest {
  const input = withoutNulls(body) as Record<string, unknown>;
  const parsed = messageRequestSchema.safeParse(input);
  const found = parsed.success ? [] : collectIssues(parsed.error, { input, fields: FIELDS });
  const broken = findRuleIssues(input);
  // What a field that does not apply would have to look like is of no use to the caller.
  const issues = found.filter(({ path }) => !broken.some((rule) => isWithin(path, rule.path)));
  const recipient = typeof input.to === "string" ? parseRecipient(input.to) : null;
  if (recipient !== null && !recipient.ok && !issues.some(({ path }) => path === "to")) {
    issues.push({ path: "to", message: recipient.message });
  }
  issues.push(...broken);
  if (!parsed.success || recipient === null || !recipient.ok || issues.length > 0) {
    throw invalidInput(issues);
  }
  return toMessageRequest(parsed.data, recipient.recipient);
}

/** Whether a path is that of a field or of something in it. */
function isWithin(path: string, field: string): boolean {
  return path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`);
}

function toMessageRequest(
  data: z.output<typeof messageRequestSchema>,
  recipient: ParsedRecipient,
): MessageRequest {
  return {
    recipient,
    message: toOutboundMessage(data),
    text: data.text ?? null,
    mediaUrl: data.media_url ?? null,
    filename: data.type === "document" ? data.filename ?? null : null,
    replyToMessageId: data.reply_to_message_id?.toLowerCase() ?? null,
    name: data.name ?? null,
    warnings: findWarnings(data, recipient),
  };
}

function toOutboundMessage(data: z.output<typeof messageRequestSchema>): OutboundMessage {
  const { type, text = "", media_url: mediaUrl = "" } = data;
  const caption = text === "" ? {} : { caption: text };
  switch (type) {
    case "text":
      return { type, text };
    case "template":
      // The rules have made sure that it is there.
      if (data.template === undefined) throw new TypeError("A template message needs a template");
      return { type, template: data.template };
    case "audio":
      return { type, mediaUrl };
    case "document":
      return {
        type,
        mediaUrl,
        ...caption,
        ...(data.filename === undefined ? {} : { filename: data.filename }),
      };
    default:
      return { type, mediaUrl, ...caption };
  }
}

function findWarnings(
  data: z.output<typeof messageRequestSchema>,
  recipient: ParsedRecipient,
): Warning[] {
  const warnings: Warning[] = [];
  if (recipient.kind === "phone" && recipient.assumedCountry !== null) {
    warnings.push({
      code: "country_code_assumed",
      message:
        `The number has no "+" and was read as ${recipient.assumedCountry}: ${recipient.phone}`,
    });
  }
  if (data.type === "audio" && data.text) {
    warnings.push({
      code: "caption_not_sent",
      message: "WhatsApp shows no caption with audio: the text is stored but was not sent",
    });
  }
  return warnings;
}
