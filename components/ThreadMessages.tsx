/** The messages of a conversation in a box of their own, which shows its end first, also without a script. */
import type { VNode } from "preact";
import type { ThreadView } from "@/lib/admin/conversation_thread.ts";
import type { Mode } from "@/lib/keys/key_format.ts";
import { adminUrl } from "./admin_url.ts";
import { Button } from "./Button.tsx";
import { formatTime } from "./relative_time.ts";
import { ThreadBubble } from "./ThreadBubble.tsx";

/** The box; links at its ends lead to older and newer messages. */
export function ThreadMessages({ conversationId, view, mode }: {
  conversationId: string;
  view: ThreadView;
  mode: Mode;
}): VNode {
  const at = (query: Record<string, string>) =>
    adminUrl(`/conversations/${conversationId}`, mode, query);
  return (
    <div
      role="region"
      aria-label="Messages of this conversation"
      tabIndex={0}
      // Reversed, a box that scrolls begins at its end and stays there when something is added.
      class="flex max-h-[65dvh] min-h-64 flex-col-reverse overflow-y-auto px-4 py-4 -outline-offset-2 sm:px-5"
    >
      <div>
        {view.older !== null && (
          <p class="pb-4 text-center">
            <Button size="sm" variant="ghost" href={at({ before: view.older })}>
              Older messages
            </Button>
          </p>
        )}
        {view.messages.length === 0 && (
          <p class="py-12 text-center text-sm text-muted">No messages here.</p>
        )}
        <ol class="space-y-3">
          {view.messages.flatMap((item) => [
            ...(item.startsDay === null ? [] : [
              <li
                key={item.startsDay}
                id={`day-${item.startsDay}`}
                class="py-1 text-center text-xs font-medium text-muted"
                title="Days are in UTC"
              >
                {formatTime(new Date(item.startsDay), { kind: "date" })}
              </li>,
            ]),
            <li key={item.message.id} id={`message-${item.message.id}`}>
              <ThreadBubble item={item} mode={mode} />
            </li>,
          ])}
        </ol>
        {!view.isNewest && (
          <p class="flex justify-center gap-2 pt-4">
            {view.newer !== null && (
              <Button size="sm" variant="ghost" href={at({ after: view.newer })}>
                Newer messages
              </Button>
            )}
            <Button size="sm" href={at({})}>Newest messages</Button>
          </p>
        )}
      </div>
    </div>
  );
}
