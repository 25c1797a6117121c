/** A short word about a thing's state. Its colour repeats what the word says and never replaces it. */
import type { ComponentChildren, VNode } from "preact";

/** What a colour means, here and in every component that has a tone. */
export type Tone = "neutral" | "good" | "warn" | "bad" | "info";

const COLOURS: Record<Tone, string> = {
  neutral: "bg-raised text-muted border-line",
  good: "bg-good-soft text-good border-good/25",
  warn: "bg-warn-soft text-warn border-warn/25",
  bad: "bg-bad-soft text-bad border-bad/25",
  info: "bg-info-soft text-info border-info/25",
};

/** A pill with one to three words, and an icon before them if wanted. */
export function Badge(
  { tone = "neutral", icon, children }: {
    tone?: Tone | undefined;
    icon?: ComponentChildren;
    children: ComponentChildren;
  },
): VNode {
  return (
    <span
      class={`inline-flex items-center gap-1 rounded-full border px-2 py-px text-xs font-medium whitespace-nowrap ${
        COLOURS[tone]
      }`}
    >
      {icon}
      {children}
    </span>
  );
}
