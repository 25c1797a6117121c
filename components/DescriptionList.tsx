/** What is known of one thing: names and values, side by side where there is room. */
import type { ComponentChildren, VNode } from "preact";

/** Names and values in order; a value of null or "" shows a dash. */
export function DescriptionList(
  { items }: { items: readonly (readonly [label: string, value: ComponentChildren])[] },
): VNode {
  return (
    <dl class="divide-y divide-line text-sm">
      {items.map(([label, value]) => (
        <div key={label} class="grid gap-x-4 gap-y-0.5 py-2.5 first:pt-0 last:pb-0 sm:grid-cols-3">
          <dt class="text-muted">{label}</dt>
          <dd class="min-w-0 wrap-anywhere tabular-nums sm:col-span-2">
            {value === null || value === undefined || value === ""
              ? <span class="text-muted">–</span>
              : value}
          </dd>
        </div>
      ))}
    </dl>
  );
}
