/**
 * The fields of a message by its type. What they are called and where they stand is decided here; what they may hold
 * only by the API's own checks, whose problems come in as `issues`, by the names of lib/playground/issue_fields.ts.
 */
import type { VNode } from "preact";
import { Field } from "./Field.tsx";
import { PlaygroundTemplateFields } from "./PlaygroundTemplateFields.tsx";
import { TextArea } from "./TextArea.tsx";
import { TextInput } from "./TextInput.tsx";
import type { MessageType } from "@/lib/messages/message_request.ts";
import type { PlaygroundDraft } from "@/lib/playground/draft.ts";

/** What every group of fields is given. */
export interface PlaygroundFieldsProps {
  draft: PlaygroundDraft;
  /** The first problem of each field. */
  issues: Readonly<Record<string, string>>;
}

const CAPTION_HINTS: Partial<Record<MessageType, string>> = {
  audio: "Kept with the message in the log. WhatsApp shows no caption with audio.",
};

const MEDIA_HINTS: Partial<Record<MessageType, string>> = {
  image: "A public link to a JPEG or PNG of at most 5 MB. WhatsApp fetches it, without signing in.",
  video:
    "A public link to an MP4 or 3GP of at most 16 MB. WhatsApp fetches it, without signing in.",
  document: "A public link to a file of at most 100 MB. WhatsApp fetches it, without signing in.",
  audio:
    "A public link to an AAC, AMR, MP3, MP4 or OGG (Opus) of at most 16 MB. WhatsApp fetches it, without signing in.",
};

/** The recipient, and what the type needs. */
export function PlaygroundFields({ draft, issues }: PlaygroundFieldsProps): VNode {
  const { type } = draft;
  return (
    <div class="space-y-5">
      <Field
        label="To"
        name="to"
        error={issues.to}
        hint="A phone number with + and country code, or a WhatsApp user id."
      >
        <TextInput
          name="to"
          value={draft.to}
          placeholder="+14155550123"
          inputMode="tel"
          autocomplete="off"
        />
      </Field>
      {type === "template" && <PlaygroundTemplateFields draft={draft} issues={issues} />}
      {type === "text" && (
        <Field
          label="Text"
          name="text"
          error={issues.text}
          hint="Up to 4,096 characters. WhatsApp shows *bold*, _italic_, ~struck~ and `code`."
        >
          <TextArea name="text" value={draft.text} rows={4} />
        </Field>
      )}
      {type !== "text" && type !== "template" && <MediaFields draft={draft} issues={issues} />}
    </div>
  );
}

function MediaFields({ draft, issues }: PlaygroundFieldsProps): VNode {
  const { type } = draft;
  return (
    <>
      <Field label="Media URL" name="media_url" error={issues.media_url} hint={MEDIA_HINTS[type]}>
        <TextInput
          name="media_url"
          value={draft.mediaUrl}
          placeholder="https://"
          inputMode="url"
          mono
        />
      </Field>
      {type === "document" && (
        <Field
          label="File name"
          name="filename"
          optional
          error={issues.filename}
          hint="The name that the document is shown with."
        >
          <TextInput name="filename" value={draft.filename} placeholder="invoice.pdf" />
        </Field>
      )}
      <Field
        label="Caption"
        name="text"
        optional
        error={issues.text}
        hint={CAPTION_HINTS[type] ?? "Up to 1,024 characters."}
      >
        <TextArea name="text" value={draft.text} rows={2} />
      </Field>
    </>
  );
}
