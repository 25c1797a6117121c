/** When a key was last used, coloured: in use (a day), quiet, or forgotten (a month). */
import type { VNode } from "preact";
import { Time } from "./Time.tsx";

const DAY_MS = 86_400_000;
const FORGOTTEN_DAYS = 30;

/** A time in words; null is "Never". `now` decides the colour. */
export function KeyLastUsed({ at, now }: { at: Date | null; now: Date }): VNode {
  if (at === null) return <span class="text-muted">Never</span>;
  const agoMs = now.getTime() - at.getTime();
  const colour = agoMs < DAY_MS
    ? "text-good"
    : agoMs > FORGOTTEN_DAYS * DAY_MS
    ? "text-warn"
    : "text-ink";
  return (
    <span class={colour}>
      <Time at={at} />
    </span>
  );
}
