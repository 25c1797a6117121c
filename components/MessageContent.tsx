/**
 * What a message says, in full: its text, its file, its template with the values, or Meta's own object. Files that people
 * sent are shown only if browsers show their kind safely; a file that was sent by its address is a link, because it is
 * on a host of somebody else.
 */
import type { ComponentChildren, VNode } from "preact";
import type { MessageRow } from "@/db/messages.ts";
import type { Mode } from "@/lib/keys/key_format.ts";
import { adminUrl } from "./admin_url.ts";
import { DownloadIcon, ExternalLinkIcon } from "./icons.ts";
import { messageKind } from "./message_kinds.ts";

type Shown = Pick<
  MessageRow,
  | "id"
  | "type"
  | "body"
  | "media"
  | "media_url"
  | "filename"
  | "template"
  | "content"
  | "revoked_at"
>;

const INLINE: Readonly<Record<string, "image" | "video" | "audio">> = {
  "image/jpeg": "image",
  "image/png": "image",
  "image/webp": "image",
  "video/mp4": "video",
  "audio/mp4": "audio",
  "audio/ogg": "audio",
  "audio/mpeg": "audio",
};

/** The content of a message, for a bubble or a page of its own. */
export function MessageContent({ message, mode }: { message: Shown; mode: Mode }): VNode {
  if (message.revoked_at !== null) {
    return <p class="text-muted italic">This message was deleted by its sender.</p>;
  }
  return (
    <div class="space-y-2">
      {message.media !== null && <Media message={message} media={message.media} mode={mode} />}
      {message.media_url !== null && <MediaLink message={message} url={message.media_url} />}
      {message.type === "template" && <Template template={message.template} />}
      {message.type === "location" && <Location content={message.content} />}
      {message.body !== null && message.body !== "" && (
        <p
          class={message.type === "reaction"
            ? "text-2xl"
            : "whitespace-pre-wrap wrap-anywhere text-pretty"}
        >
          {message.body}
        </p>
      )}
      {isBare(message) && <Named type={message.type}>{messageKind(message.type).label}</Named>}
    </div>
  );
}

/** Nothing of it has a place of its own above. */
function isBare({ type, body, media, media_url: url }: Shown): boolean {
  return media === null && url === null && (body === null || body === "") &&
    type !== "template" && type !== "location";
}

function Media({ message, media, mode }: {
  message: Shown;
  media: NonNullable<MessageRow["media"]>;
  mode: Mode;
}): VNode {
  const href = adminUrl(`/messages/${message.id}/media`, mode);
  const type = media.mime_type.split(";")[0]?.trim().toLowerCase() ?? "";
  const inline = Object.hasOwn(INLINE, type) ? INLINE[type] : undefined;
  const { label } = messageKind(message.type);
  const name = media.filename ?? label;
  return (
    <div class="space-y-1.5">
      {inline === "image" && (
        <img
          src={href}
          alt={`${label} of this message`}
          loading="lazy"
          decoding="async"
          class="max-h-80 min-h-12 max-w-full rounded-md bg-raised object-contain"
        />
      )}
      {inline === "video" && (
        <video
          src={href}
          controls
          preload="none"
          aria-label={name}
          class="max-h-80 w-full max-w-full rounded-md bg-raised"
        />
      )}
      {inline === "audio" && (
        <audio src={href} controls preload="none" aria-label={name} class="w-64 max-w-full" />
      )}
      <a href={href} class="inline-flex max-w-full items-center gap-1.5 text-xs underline">
        <DownloadIcon size={13} />
        <span class="truncate">Download {name}</span>
      </a>
    </div>
  );
}

function MediaLink({ message, url }: { message: Shown; url: string }): VNode {
  const { label } = messageKind(message.type);
  return (
    <Named type={message.type}>
      {/^https?:\/\//i.test(url)
        ? (
          <a
            href={url}
            target="_blank"
            rel="noopener noreferrer"
            class="inline-flex min-w-0 items-center gap-1.5 underline"
          >
            <span class="wrap-anywhere">{message.filename ?? url}</span>
            <ExternalLinkIcon size={13} class="shrink-0" />
            <span class="sr-only">({label}, opens in a new tab)</span>
          </a>
        )
        : <span class="wrap-anywhere">{url}</span>}
    </Named>
  );
}

function Named({ type, children }: { type: string; children: ComponentChildren }): VNode {
  const { icon: KindIcon } = messageKind(type);
  return (
    <span class="flex min-w-0 items-start gap-2">
      <span class="mt-0.5 shrink-0 text-muted">
        <KindIcon />
      </span>
      <span class="min-w-0">{children}</span>
    </span>
  );
}

function Template({ template }: { template: unknown }): VNode {
  const { name, language, params } = isRecord(template) ? template : {};
  const values = listValues(params);
  return (
    <Named type="template">
      <span class="font-medium wrap-anywhere">{String(name ?? "Template")}</span>
      {typeof language === "string" && <span class="ml-1.5 text-xs text-muted">{language}</span>}
      {values.length > 0 && (
        <dl class="mt-1 space-y-0.5 text-xs">
          {values.map(([place, value]) => (
            <div key={place} class="flex gap-2">
              <dt class="shrink-0 font-mono text-muted">{place}</dt>
              <dd class="min-w-0 wrap-anywhere">{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </Named>
  );
}

function Location({ content }: { content: unknown }): VNode {
  const { latitude, longitude } = isRecord(content) ? content : {};
  return (
    <Named type="location">
      {typeof latitude === "number" && typeof longitude === "number"
        ? <span class="tabular-nums">{latitude}, {longitude}</span>
        : "Location"}
    </Named>
  );
}

/** The values of a template's variables, each with its place: "{{1}}", "header", "button 0". */
function listValues(params: unknown): [place: string, value: string][] {
  if (Array.isArray(params)) {
    return params.map((value, index) => [`{{${index + 1}}}`, String(value)]);
  }
  if (!isRecord(params)) return [];
  return Object.entries(params).flatMap(([name, value]): [string, string][] => {
    if (name === "body" && Array.isArray(value)) return listValues(value);
    if (!isRecord(value)) return [[name, String(value)]];
    const before = name === "body" ? "" : "button ";
    return Object.entries(value).map(([key, inner]) => [`${before}${key}`, String(inner)]);
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
