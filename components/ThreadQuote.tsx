/** The beginning of the message that another one answers, as a link to it. */
import type { VNode } from "preact";
import type { QuotedMessage } from "@/db/thread_messages.ts";
import type { Mode } from "@/lib/keys/key_format.ts";
import { adminUrl } from "./admin_url.ts";
import { summarizeMessage } from "./message_kinds.ts";

/** A quote above a message. */
export function ThreadQuote({ quoted, mode }: { quoted: QuotedMessage; mode: Mode }): VNode {
  return (
    <a
      href={adminUrl(`/messages/${quoted.id}`, mode)}
      class="mb-2 block min-w-0 rounded-sm border-l-2 border-accent bg-bg/60 px-2.5 py-1.5 text-xs"
    >
      <span class="block font-medium text-accent">
        {quoted.direction === "inbound" ? "The contact wrote" : "You wrote"}
      </span>
      <span class="line-clamp-2 text-muted wrap-anywhere">{summarizeMessage(quoted)}</span>
    </a>
  );
}
