/**
 * "Waiting for the first request…", which turns green when the key is used. Asks once a second while the page is in
 * sight, and stops when the request has come or the user is signed out.
 */
import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { LiveLine } from "@/components/LiveLine.tsx";
import { askEverySecond } from "@/islands/ask_again.ts";

/** "gone": signed out, or no such key any more. */
type Seen = { at: string } | "waiting" | "gone";

/** `url` answers `{"used_at": string | null}`. */
export default function KeyFirstRequest({ url }: { url: string }): VNode {
  const [seen, setSeen] = useState<Seen>("waiting");
  useEffect(() => {
    if (seen !== "waiting") return;
    return askEverySecond<{ used_at: string | null }>(url, (answer) => {
      if (answer === "gone") setSeen("gone");
      else if (answer !== "again" && answer.value.used_at !== null) {
        setSeen({ at: answer.value.used_at });
      }
    });
  }, [url, seen]);
  if (seen === "waiting") {
    return <LiveLine state="waiting">Waiting for the first request…</LiveLine>;
  }
  if (seen === "gone") {
    return <LiveLine state="bad">Not watching any more: reload the page</LiveLine>;
  }
  return (
    <LiveLine state="good">
      First request received at{" "}
      <time dateTime={seen.at}>{new Date(seen.at).toLocaleTimeString()}</time>
    </LiveLine>
  );
}
