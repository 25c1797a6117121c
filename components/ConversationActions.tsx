/** What can be done with a conversation beside answering it: its state, and that it was read. */
import type { VNode } from "preact";
import type { ConversationRow } from "@/db/conversations.ts";
import type { Mode } from "@/lib/keys/key_format.ts";
import { adminUrl } from "./admin_url.ts";
import { Button } from "./Button.tsx";
import { CheckIcon } from "./icons.ts";
import { ModeField } from "./ModeField.tsx";

const STATUSES: Readonly<Record<string, string>> = {
  open: "Open",
  pending: "Pending",
  closed: "Closed",
};

/** Buttons that each post a form. */
export function ConversationActions(
  { conversation, mode }: { conversation: ConversationRow; mode: Mode },
): VNode {
  const path = `/conversations/${conversation.id}`;
  return (
    <>
      {conversation.unread_count > 0 && (
        <form method="post" action={adminUrl(`${path}/read`, mode)}>
          <ModeField mode={mode} />
          <Button icon={<CheckIcon />}>Mark as read</Button>
        </form>
      )}
      <form
        method="post"
        action={adminUrl(`${path}/status`, mode)}
        class="inline-flex rounded-md border border-line bg-raised p-0.5"
      >
        <ModeField mode={mode} />
        {Object.entries(STATUSES).map(([status, label]) => (
          <button
            key={status}
            type="submit"
            name="status"
            value={status}
            aria-pressed={conversation.status === status ? "true" : "false"}
            class="rounded-sm px-2.5 py-1 text-xs font-medium text-muted hover:text-ink aria-pressed:bg-surface aria-pressed:text-ink aria-pressed:shadow-card"
          >
            {label}
          </button>
        ))}
      </form>
    </>
  );
}
