/**
 * Lines that wait for WhatsApp: the handshake of the webhook, the ticks of a message, the answer to it. Asks once a
 * second while the page is in sight, until everything is there; after a quarter of an hour it leaves off, so that a
 * forgotten page keeps no session alive.
 */
import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Button } from "@/components/Button.tsx";
import { LiveLine } from "@/components/LiveLine.tsx";
import { askEverySecond } from "@/islands/ask_again.ts";
import type { LiveState } from "@/lib/whatsapp/webhook_progress.ts";

/** What the address answers, and what the page begins with. */
export interface LiveLines {
  lines: LiveState[];
  /** Nothing more is waited for. */
  done: boolean;
}

const LONGEST_MS = 15 * 60_000;

/** The lines; `next` leads on once they are all good, `again` shows them anew where no script runs. */
export default function WhatsappLive({ url, initial, next, again }: {
  url: string;
  initial: LiveLines;
  next: { href: string; label: string };
  again: { href: string; label: string };
}): VNode {
  const [seen, setSeen] = useState(initial);
  const [isWatching, setWatching] = useState(true);
  const [hasScript, setHasScript] = useState(false);
  useEffect(() => setHasScript(true), []);
  useEffect(() => {
    if (seen.done || !isWatching) return;
    const endsAt = performance.now() + LONGEST_MS;
    return askEverySecond<LiveLines>(url, (answer) => {
      if (answer === "gone" || performance.now() > endsAt) setWatching(false);
      else if (answer !== "again") setSeen(answer.value);
    });
  }, [url, seen.done, isWatching]);
  return (
    <div class="space-y-2">
      {seen.lines.map((line, index) => (
        <div key={index}>
          <LiveLine state={line.state}>{line.text}</LiveLine>
          {line.fix !== null && <p class="mt-1.5 text-sm">{line.fix}</p>}
        </div>
      ))}
      {seen.done && !initial.done && (
        <Button href={next.href} variant="primary">{next.label}</Button>
      )}
      {!seen.done && !hasScript && <a class="link text-sm" href={again.href}>{again.label}</a>}
      {!seen.done && !isWatching && (
        <Button
          type="button"
          size="sm"
          onClick={() => setWatching(true)}
        >
          Look again
        </Button>
      )}
    </div>
  );
}
