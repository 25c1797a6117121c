/** One figure with its name. Several of them stand in a `StatRow`. */
import type { ComponentChildren, VNode } from "preact";

/** A figure; without a value it shows a dash, as nothing was measured yet. */
export function Stat({ label, value, hint }: {
  label: string;
  value: ComponentChildren;
  /** What it is measured over, or compared with. */
  hint?: ComponentChildren;
}): VNode {
  return (
    <div class="min-w-0 bg-surface px-4 py-4 sm:px-5">
      <dt class="text-sm text-muted">{label}</dt>
      <dd class="mt-1 text-2xl font-semibold tracking-tight tabular-nums">
        {value === null || value === undefined ? <span class="text-muted">–</span> : value}
      </dd>
      {hint && <dd class="mt-0.5 text-xs text-muted">{hint}</dd>}
    </div>
  );
}

/** Figures side by side, two in a row on narrow screens, with thin lines between them. */
export function StatRow({ children }: { children: ComponentChildren }): VNode {
  return (
    <dl class="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line shadow-card lg:grid-cols-4">
      {children}
    </dl>
  );
}
