/** Views of one page as links: the address tells which one is open. */
import type { VNode } from "preact";

/** A view of the page. */
export interface Tab {
  href: string;
  label: string;
  isCurrent: boolean;
  /** How many things are behind it. */
  count?: number | undefined;
}

/** A row of links with a line below, or with `look: "segments"` a small switch for a card's head. */
export function Tabs({ tabs, label, look = "line" }: {
  tabs: readonly Tab[];
  /** What is chosen, for screen readers: "Range", "Kind of key". */
  label: string;
  look?: "line" | "segments" | undefined;
}): VNode {
  const isLine = look === "line";
  return (
    <nav
      aria-label={label}
      class={isLine
        ? "mb-5 flex gap-5 overflow-x-auto border-b border-line"
        : "inline-flex rounded-md border border-line bg-raised p-0.5"}
    >
      {tabs.map((tab) => (
        <a
          key={tab.href}
          href={tab.href}
          aria-current={tab.isCurrent ? "page" : undefined}
          class={isLine
            ? "-mb-px border-b-2 border-transparent px-0.5 pb-2.5 text-sm font-medium whitespace-nowrap text-muted -outline-offset-2 hover:text-ink aria-[current=page]:border-accent aria-[current=page]:text-ink"
            : "rounded-sm px-2.5 py-1 text-xs font-medium whitespace-nowrap text-muted hover:text-ink aria-[current=page]:bg-surface aria-[current=page]:text-ink aria-[current=page]:shadow-card"}
        >
          {tab.label}
          {tab.count !== undefined && (
            <span class="ml-1.5 text-xs text-muted tabular-nums">{tab.count}</span>
          )}
        </a>
      ))}
    </nav>
  );
}
