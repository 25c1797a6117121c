/** What happened to one thing, in the order in which it happened. */
import type { ComponentChildren, VNode } from "preact";
import type { Tone } from "./Badge.tsx";
import { Time } from "./Time.tsx";

/** One event. `at` null stands for something that is still to come. */
export interface TimelineItem {
  at: Date | string | null;
  title: ComponentChildren;
  text?: ComponentChildren;
  tone?: Tone | undefined;
}

const DOTS: Record<Tone, string> = {
  neutral: "bg-muted",
  good: "bg-good",
  warn: "bg-warn",
  bad: "bg-bad",
  info: "bg-info",
};

/** Events from first to last, each with its time to the second. */
export function Timeline({ items }: { items: readonly TimelineItem[] }): VNode {
  return (
    <ol class="text-sm">
      {items.map((item, index) => (
        <li key={index} class="group relative flex gap-3 pb-5 last:pb-0">
          <span
            aria-hidden="true"
            class="absolute top-3.5 bottom-0 left-[5px] w-px bg-line group-last:hidden"
          />
          <span
            aria-hidden="true"
            class={`mt-1.5 size-[11px] shrink-0 rounded-full border-2 border-surface ring-1 ring-line ${
              item.at === null ? "bg-surface" : DOTS[item.tone ?? "neutral"]
            }`}
          />
          <div class="min-w-0 flex-1">
            <div class="flex flex-wrap items-baseline justify-between gap-x-4">
              <span class={item.at === null ? "text-muted" : "font-medium"}>{item.title}</span>
              {item.at !== null && (
                <span class="text-xs text-muted tabular-nums">
                  <Time at={item.at} format="exact" />
                </span>
              )}
            </div>
            {item.text && <div class="mt-0.5 text-muted wrap-anywhere">{item.text}</div>}
          </div>
        </li>
      ))}
    </ol>
  );
}
