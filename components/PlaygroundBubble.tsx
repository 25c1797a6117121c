/**
 * A message roughly as the recipient will see it. Media are shown by their kind and name: what stands behind a link is
 * WhatsApp's to load, never this page's. Of a template only the values are known, not the text around them.
 */
import type { ComponentChildren, VNode } from "preact";
import { CheckIcon, ReplyIcon } from "./icons.ts";
import { TYPE_ICONS } from "./PlaygroundTypes.tsx";
import { type PlaygroundDraft, TYPE_LABELS } from "@/lib/playground/draft.ts";
import { formatText, type TextStyle } from "@/lib/playground/formatted_text.ts";

const STYLES: Record<TextStyle, string> = {
  bold: "font-semibold",
  italic: "italic",
  struck: "line-through",
  code: "font-mono text-xs",
};

/** The longest text that a message can have. */
const MAX_SHOWN_LENGTH = 4_096;

/** The message of a draft. */
export function PlaygroundBubble({ draft }: { draft: PlaygroundDraft }): VNode {
  const { type, text } = draft;
  return (
    <div class="rounded-lg bg-raised p-4">
      <div class="ml-auto w-fit max-w-full min-w-40 rounded-lg rounded-tr-xs border border-accent/20 bg-accent-soft px-3 py-2 text-sm text-ink">
        {draft.replyTo !== "" && (
          <p class="mb-1.5 flex items-center gap-1.5 rounded-sm border-l-2 border-accent bg-surface/60 px-2 py-1 text-xs text-muted">
            <ReplyIcon size={13} />A reply to an earlier message
          </p>
        )}
        {type === "template" ? <TemplateContent draft={draft} /> : (
          <>
            {type !== "text" && <MediaContent draft={draft} />}
            {type !== "audio" && (text !== "" || type === "text") && <FormattedText text={text} />}
          </>
        )}
        <p class="mt-1 flex items-center justify-end gap-1 text-xs text-muted">
          now <CheckIcon size={13} />
        </p>
      </div>
    </div>
  );
}

function FormattedText({ text }: { text: string }): VNode {
  if (text.trim() === "") return <p class="text-muted italic">Your text</p>;
  return (
    <p class="whitespace-pre-wrap wrap-anywhere">
      {formatText(text.slice(0, MAX_SHOWN_LENGTH)).map(({ text, styles }, index) =>
        styles.length === 0
          ? text
          : <span key={index} class={styles.map((style) => STYLES[style]).join(" ")}>{text}</span>
      )}
    </p>
  );
}

function MediaContent({ draft }: { draft: PlaygroundDraft }): VNode {
  const TypeIcon = TYPE_ICONS[draft.type];
  const name = draft.type === "document" && draft.filename !== ""
    ? draft.filename
    : fileName(draft.mediaUrl) ?? TYPE_LABELS[draft.type];
  return (
    <Attachment icon={<TypeIcon size={20} />} isTall={draft.type !== "document"}>{name}</Attachment>
  );
}

function TemplateContent({ draft }: { draft: PlaygroundDraft }): VNode {
  const media = draft.headerMediaUrl || draft.headerMediaId;
  const HeaderIcon = TYPE_ICONS[draft.headerMediaType || "image"];
  const buttons = draft.buttonValues.map((value, index) => ({ value, index }))
    .filter(({ value }) => value !== "");
  return (
    <>
      {media !== "" && (
        <Attachment icon={<HeaderIcon size={20} />} isTall>{fileName(media) ?? media}</Attachment>
      )}
      {draft.headerText !== "" && <p class="font-semibold wrap-anywhere">{draft.headerText}</p>}
      <p class="wrap-anywhere">
        Template <span class="font-mono text-xs">{draft.templateName || "…"}</span>
        {draft.templateLanguage !== "" && (
          <span class="text-muted">{` (${draft.templateLanguage})`}</span>
        )}
      </p>
      {draft.bodyValues.length > 0 && (
        <dl class="mt-1.5 space-y-0.5 text-xs">
          {draft.bodyValues.map(({ name, value }, index) => (
            <div key={index} class="flex gap-2">
              <dt class="font-mono text-muted">{`{{${name || index + 1}}}`}</dt>
              <dd class="min-w-0 wrap-anywhere">{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {buttons.map(({ value, index }) => (
        <p key={index} class="mt-2 border-t border-accent/20 pt-2 text-center text-xs text-muted">
          Button {index + 1}: …{value}
        </p>
      ))}
    </>
  );
}

function Attachment({ icon, isTall, children }: {
  icon: ComponentChildren;
  isTall: boolean;
  children: ComponentChildren;
}): VNode {
  return (
    <div
      class={`mb-1.5 flex items-center gap-2.5 rounded-md bg-surface/70 px-3 text-muted ${
        isTall ? "py-6" : "py-3"
      }`}
    >
      <span class="shrink-0">{icon}</span>
      <span class="min-w-0 text-xs wrap-anywhere">{children}</span>
    </div>
  );
}

/** The last part of a URL's path, or null if it is none. */
function fileName(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { pathname, host } = new URL(url);
  return pathname.split("/").filter((part) => part !== "").at(-1) ?? host;
}
