/** What nobody can miss in test mode: a bar over the whole width of every page, which stays when the page is scrolled. */
import type { VNode } from "preact";
import { sectionPath } from "./ModeSwitch.tsx";

/** The bar, 2rem high, with the way out: the same section in live mode. */
export function TestModeBar({ path }: { path: string }): VNode {
  return (
    <div
      role="region"
      aria-label="Test mode"
      class="sticky top-0 z-40 flex h-8 items-center justify-center gap-3 bg-warn px-4 text-xs font-medium text-surface"
    >
      <span class="truncate">
        Test mode<span class="max-sm:hidden">
          : test keys and messages only, nothing reaches WhatsApp
        </span>
      </span>
      <a
        href={sectionPath(path)}
        class="shrink-0 rounded-xs underline underline-offset-2 hover:no-underline focus-visible:outline-surface"
      >
        Leave test mode
      </a>
    </div>
  );
}
