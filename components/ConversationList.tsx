/** The list of conversations: with whom, the last words, what is unread, and whether a free text may be sent. */
import type { VNode } from "preact";
import type { ListedConversation } from "@/db/conversation_list.ts";
import type { Mode } from "@/lib/keys/key_format.ts";
import { adminUrl } from "./admin_url.ts";
import { Badge } from "./Badge.tsx";
import { ConversationStatusBadge, WindowBadge } from "./ConversationBadges.tsx";
import { UserIcon } from "./icons.ts";
import { Time } from "./Time.tsx";

/** Rows that each lead to a conversation. */
export function ConversationList(
  { mode, rows }: { mode: Mode; rows: readonly ListedConversation[] },
): VNode {
  return (
    <ul class="divide-y divide-line">
      {rows.map((row) => (
        <li key={row.id} id={`conversation-${row.id}`} class="relative hover:bg-raised/60">
          <Row row={row} mode={mode} />
        </li>
      ))}
    </ul>
  );
}

function Row({ row, mode }: { row: ListedConversation; mode: Mode }): VNode {
  const isUnread = row.unread_count > 0;
  const name = row.contact_name ?? row.contact_phone ?? row.contact_username ?? row.contact_bsuid ??
    "Unknown person";
  const address = row.contact_phone ?? row.contact_username ?? row.contact_bsuid;
  return (
    <div class="flex items-start gap-3 px-4 py-3 sm:px-5">
      <span
        aria-hidden="true"
        class="flex size-9 shrink-0 items-center justify-center rounded-full bg-accent-soft text-sm font-semibold text-accent uppercase"
      >
        {[...name].find((char) => /\p{L}/u.test(char)) ?? <UserIcon />}
      </span>
      <div class="min-w-0 flex-1">
        <div class="flex items-baseline justify-between gap-3">
          <a
            href={adminUrl(`/conversations/${row.id}`, mode)}
            class="min-w-0 truncate font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
          >
            {name}
          </a>
          <span class="shrink-0 text-xs text-muted">
            <Time at={row.last_message_at} />
          </span>
        </div>
        {address !== null && address !== name && (
          <p class="truncate text-xs text-muted tabular-nums">{address}</p>
        )}
        <div class="mt-0.5 flex items-center justify-between gap-3">
          <p class={`min-w-0 truncate ${isUnread ? "font-medium" : "text-muted"}`}>
            {row.last_message_text ?? "No text"}
          </p>
          <span class="flex shrink-0 items-center gap-1.5">
            {isUnread && <Badge tone="info">{row.unread_count} unread</Badge>}
            <ConversationStatusBadge status={row.status} />
            {row.window_open && (
              <span class="max-sm:hidden">
                <WindowBadge isOpen />
              </span>
            )}
          </span>
        </div>
      </div>
    </div>
  );
}
