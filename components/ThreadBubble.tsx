/** One message of a conversation as people know it from their phones: theirs at the left, ours at the right. */
import type { VNode } from "preact";
import type { ThreadMessage } from "@/lib/admin/conversation_thread.ts";
import type { Mode } from "@/lib/keys/key_format.ts";
import { adminUrl } from "./admin_url.ts";
import { MessageContent } from "./MessageContent.tsx";
import { ThreadQuote } from "./ThreadQuote.tsx";
import { ThreadTicks } from "./ThreadTicks.tsx";
import { Time } from "./Time.tsx";

/** A bubble; what is not between the two sides, such as a change of number, stands in the middle. */
export function ThreadBubble({ item, mode }: { item: ThreadMessage; mode: Mode }): VNode {
  const { message, quoted, reactions } = item;
  if (message.type === "system") return <Notice text={message.body} at={message.created_at} />;
  const isInbound = message.direction === "inbound";
  return (
    <div class={`flex flex-col ${isInbound ? "items-start pr-8" : "items-end pl-8"}`}>
      <div
        class={`min-w-24 max-w-full rounded-lg border px-3 py-2 text-sm sm:max-w-md ${
          isInbound
            ? "rounded-tl-xs border-line bg-raised"
            : "rounded-tr-xs border-accent/20 bg-accent-soft"
        }`}
      >
        <span class="sr-only">{isInbound ? "The contact wrote:" : "You wrote:"}</span>
        {quoted !== null && <ThreadQuote quoted={quoted} mode={mode} />}
        <MessageContent message={message} mode={mode} />
        <p class="mt-1 flex flex-wrap items-center justify-end gap-x-1.5 text-xs text-muted">
          {message.edited_at !== null && message.revoked_at === null && <span>Edited ·</span>}
          <a href={adminUrl(`/messages/${message.id}`, mode)} class="hover:underline">
            <Time at={message.created_at} />
            <span class="sr-only">, show the details of this message</span>
          </a>
          {!isInbound && <ThreadTicks status={message.status} />}
        </p>
      </div>
      {reactions.length > 0 && (
        <p class="-mt-1.5 mr-2 ml-2 rounded-full border border-line bg-surface px-2 py-0.5 text-sm shadow-card">
          <span class="sr-only">Reactions:</span>
          {reactions.join(" ")}
        </p>
      )}
      {message.error !== null && (
        <p
          class={`mt-1 max-w-md text-xs wrap-anywhere ${
            message.status === "failed" ? "text-bad" : "text-warn"
          }`}
        >
          <span class="font-medium">{message.error.title ?? message.error.message}.</span>{" "}
          {message.error.hint}
        </p>
      )}
    </div>
  );
}

function Notice({ text, at }: { text: string | null; at: Date }): VNode {
  return (
    <p class="mx-auto w-fit max-w-md rounded-md bg-raised px-3 py-1.5 text-center text-xs text-muted">
      {text ?? "A notice of WhatsApp"} · <Time at={at} />
    </p>
  );
}
