/** How long a key that is being replaced still works, counting down. Without scripts: how long it was at loading. */
import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { describeTimeLeft } from "@/components/key_time_left.ts";

/** `until` and `now` are ISO times; `now` is the server's, so that both sides first show the same. */
export default function KeyCountdown({ until, now }: { until: string; now: string }): VNode {
  const untilMs = Date.parse(until);
  const [leftMs, setLeftMs] = useState(untilMs - Date.parse(now));
  useEffect(() => {
    const timer = setInterval(() => setLeftMs(untilMs - Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [untilMs]);
  return <span role="timer" class="tabular-nums">{describeTimeLeft(leftMs)}</span>;
}
