/**
 * The page's connection to `GET /events`, one per page; other islands hear of it through live.ts. It is closed while
 * the page cannot be seen (browsers allow six connections to a server over HTTP/1.1, over all tabs) and then goes on
 * where it was: every event carries the server's time as its id.
 */
import { useEffect, useRef } from "preact/hooks";
import type { VNode } from "preact";
import type { Mode } from "@/lib/keys/key_format.ts";
import { type LiveMessage, tellLiveGap, tellLiveMessage } from "./live.ts";

const RETRY_MS = 30_000;

/** Shows nothing. */
export default function LiveUpdates({ mode }: { mode: Mode }): VNode {
  const element = useRef<HTMLSpanElement>(null);
  useEffect(() => connect(mode, element.current?.dataset.since ?? ""), [mode]);
  // Hydration keeps the attribute as the server wrote it: its time, when it made the page.
  return <span ref={element} hidden data-since={String(Date.now())} />;
}

function connect(mode: Mode, pageMadeAt: string): () => void {
  let since = pageMadeAt;
  let source: EventSource | null = null;
  let retry: ReturnType<typeof setTimeout> | undefined;
  // The session is over: asking again would only be refused.
  let isOver = false;

  const open = () => {
    if (isOver || source !== null || document.visibilityState === "hidden") return;
    source = new EventSource(`/events?since=${since}${mode === "test" ? "&mode=test" : ""}`);
    source.addEventListener("message", (event) => {
      since = event.lastEventId;
      tellLiveMessage(JSON.parse(event.data) as LiveMessage);
    });
    source.addEventListener("gap", tellLiveGap);
    source.addEventListener("tick", (event) => since = event.lastEventId);
    source.addEventListener("end", () => {
      isOver = true;
      close();
    });
    source.addEventListener("error", () => {
      // Only refusals end here; after a broken connection the browser tries again by itself.
      if (source?.readyState !== EventSource.CLOSED) return;
      close();
      retry = setTimeout(open, RETRY_MS);
    });
  };
  const close = () => {
    clearTimeout(retry);
    source?.close();
    source = null;
  };
  const followVisibility = () => document.visibilityState === "hidden" ? close() : open();

  open();
  document.addEventListener("visibilitychange", followVisibility);
  return () => {
    document.removeEventListener("visibilitychange", followVisibility);
    close();
  };
}
