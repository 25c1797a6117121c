/**
 * Keeps a page about messages up to date: when something happens to what it shows, its parts marked `data-live` are
 * brought up to date (message_refresh.ts). On pages of older messages nothing moves under the reader's eyes; a button
 * tells of new ones.
 */
import { useEffect, useState } from "preact/hooks";
import type { VNode } from "preact";
import { buttonClass } from "@/components/Button.tsx";
import { type LiveMessage, onLiveGap, onLiveMessage } from "./live.ts";
import { startRefresher } from "./message_refresh.ts";

/** What the page is about, and which of its rows can be seen. */
interface Props {
  /** When the server made the page, in milliseconds: what is older is on it already, though events may still tell. */
  madeAtMs: number;
  /** Only this message matters. */
  messageId?: string | undefined;
  /** Only the messages of this conversation matter. */
  conversationId?: string | undefined;
  /** Whether the page shows the newest, so that new ones belong onto it. */
  isNewest: boolean;
  /** Where the button leads; null: new messages need not belong to what the page shows. */
  newestHref: string | null;
}

/** Shows nothing but, on pages of older messages, the button. */
export default function MessageLive(props: Props): VNode {
  const { madeAtMs, messageId, conversationId, isNewest, newestHref } = props;
  const [missed, setMissed] = useState(0);
  const [news, setNews] = useState("");

  useEffect(() => {
    const refresher = startRefresher();
    // An event may be told twice, where the stream begins or begins again: messages are counted, not events.
    const created = new Set<string>();
    const isNew = (event: LiveMessage): boolean => {
      if (created.has(event.id) || !isMadeAfter(event.id, madeAtMs)) return false;
      created.add(event.id);
      return true;
    };
    const stop = onLiveMessage((event: LiveMessage) => {
      if (messageId !== undefined && event.id !== messageId) return;
      if (conversationId !== undefined && event.conversation_id !== conversationId) return;
      if (isNewest) {
        if (event.change === "created" && isNew(event)) {
          setNews(`${created.size} new ${created.size === 1 ? "message" : "messages"}`);
        } else if (messageId !== undefined && event.change === "status") {
          setNews(`The message is now ${event.status}`);
        }
        refresher.refresh();
      } else if (event.change === "created") {
        if (isNew(event)) setMissed(created.size);
      } else if (document.getElementById(`message-${event.id}`) !== null) refresher.refresh();
    });
    // Some events were missed: the page itself knows best what they were.
    const stopGaps = onLiveGap(refresher.refresh);
    return () => {
      stop();
      stopGaps();
      refresher.stop();
    };
  }, [madeAtMs, messageId, conversationId, isNewest]);

  return (
    <>
      <p role="status" class="sr-only">{news}</p>
      {missed > 0 && newestHref !== null && (
        <div role="status" class="sticky top-20 z-20 mb-3 flex justify-center">
          <a href={newestHref} class={`${buttonClass("primary", "sm")} shadow-float`}>
            {missed} new {missed === 1 ? "message" : "messages"}
          </a>
        </div>
      )}
    </>
  );
}

/** Ids are UUIDv7, which begin with the time in milliseconds (RFC 9562). */
function isMadeAfter(id: string, timeMs: number): boolean {
  return parseInt(id.replaceAll("-", "").slice(0, 12), 16) > timeMs;
}
