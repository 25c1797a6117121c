/** Something the reader has to know before going on. A confirmation of what they just did is a `Toast` instead. */
import type { ComponentChildren, VNode } from "preact";
import type { Tone } from "./Badge.tsx";
import {
  AlertTriangleIcon,
  CheckCircleIcon,
  ErrorCircleIcon,
  type Icon,
  InfoIcon,
} from "./icons.ts";

const LOOKS: Record<Tone, { class: string; ink: string; icon: Icon }> = {
  neutral: { class: "border-line bg-raised", ink: "text-muted", icon: InfoIcon },
  info: { class: "border-info/25 bg-info-soft", ink: "text-info", icon: InfoIcon },
  good: { class: "border-good/25 bg-good-soft", ink: "text-good", icon: CheckCircleIcon },
  warn: { class: "border-warn/25 bg-warn-soft", ink: "text-warn", icon: AlertTriangleIcon },
  bad: { class: "border-bad/25 bg-bad-soft", ink: "text-bad", icon: ErrorCircleIcon },
};

/** A coloured box with an icon. With `announce` a screen reader reads it out when it appears. */
export function Alert({ tone = "info", title, actions, announce = false, children }: {
  tone?: Tone | undefined;
  title?: ComponentChildren;
  actions?: ComponentChildren;
  announce?: boolean | undefined;
  children?: ComponentChildren;
}): VNode {
  const look = LOOKS[tone];
  const AlertIcon = look.icon;
  return (
    <div
      role={announce ? (tone === "bad" ? "alert" : "status") : undefined}
      class={`flex items-start gap-3 rounded-lg border px-4 py-3 text-sm ${look.class}`}
    >
      <span class={`mt-0.5 shrink-0 ${look.ink}`}>
        <AlertIcon />
      </span>
      <div class="min-w-0 flex-1">
        {title && <p class={`font-medium ${look.ink}`}>{title}</p>}
        {children && <div class="text-ink">{children}</div>}
        {actions && <div class="mt-2 flex flex-wrap gap-2">{actions}</div>}
      </div>
    </div>
  );
}
