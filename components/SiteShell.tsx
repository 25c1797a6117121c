/** The frame of the pages that everyone may read: the documentation, and what stands where nothing is. */
import type { ComponentChildren, VNode } from "preact";
import { Wordmark } from "./Wordmark.tsx";

/** A bar with the wordmark, and the page below it in a column that reads well. */
export function SiteShell({ children }: { children: ComponentChildren }): VNode {
  return (
    <>
      <header class="border-b border-line bg-surface">
        <div class="mx-auto flex h-14 max-w-3xl items-center justify-between px-4 sm:px-6">
          <a href="/" class="inline-flex rounded-sm">
            <Wordmark />
          </a>
          <nav aria-label="Documentation">
            <a href="/docs/errors" class="text-sm font-medium text-muted hover:text-ink">
              Error codes
            </a>
          </nav>
        </div>
      </header>
      <main class="mx-auto max-w-3xl px-4 py-8 sm:px-6 sm:py-12">{children}</main>
    </>
  );
}
