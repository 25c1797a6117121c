/** A line that waits for something to happen elsewhere, and says when it has. Islands change its state. */
import type { ComponentChildren, VNode } from "preact";
import { CheckCircleIcon, ErrorCircleIcon } from "./icons.ts";

const LOOKS = {
  waiting: "border-line bg-raised text-ink",
  good: "border-good/25 bg-good-soft text-good",
  bad: "border-bad/25 bg-bad-soft text-bad",
};

/** "Waiting for the first request…" with a slow pulse; then green or red. Read out when it changes. */
export function LiveLine({ state, children }: {
  state: "waiting" | "good" | "bad";
  children: ComponentChildren;
}): VNode {
  return (
    <p
      role="status"
      class={`flex items-center gap-2.5 rounded-lg border px-3.5 py-2.5 text-sm font-medium ${
        LOOKS[state]
      }`}
    >
      <span class="flex size-4 shrink-0 items-center justify-center">
        {state === "waiting" && (
          <span aria-hidden="true" class="size-2 animate-pulse-slow rounded-full bg-accent" />
        )}
        {state === "good" && <CheckCircleIcon />}
        {state === "bad" && <ErrorCircleIcon />}
      </span>
      <span class="min-w-0">{children}</span>
    </p>
  );
}
