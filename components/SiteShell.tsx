/** The frame of the pages that everyone may read: the documentation, and what stands where nothing is. */
import type { ComponentChildren, VNode } from "preact";
import { Wordmark } from "./Wordmark.tsx";

const LINKS = [
  { path: "/docs", label: "API reference" },
  { path: "/docs/errors", label: "Error codes" },
  { path: "/", label: "Admin UI" },
] as const;

interface Props {
  /** The page's own path, if the bar links to it. */
  path?: "/docs" | "/docs/errors" | undefined;
  /** "full" for a page that fills the window and brings its own banner and main part. */
  layout?: "column" | "full" | undefined;
  children: ComponentChildren;
}

/** A bar with the wordmark and links, and the page below it in a column that reads well. */
export function SiteShell({ path, layout = "column", children }: Props): VNode {
  if (layout === "full") {
    return (
      <>
        <div class="border-b border-line bg-surface">
          <Bar path={path} class="" />
        </div>
        {children}
      </>
    );
  }
  return (
    <>
      <header class="border-b border-line bg-surface">
        <Bar path={path} class="mx-auto max-w-5xl" />
      </header>
      <main class="mx-auto max-w-5xl px-4 py-8 sm:px-6 sm:py-12">{children}</main>
    </>
  );
}

function Bar({ path, class: width }: { path: Props["path"]; class: string }): VNode {
  return (
    <nav
      aria-label="Documentation"
      class={`flex h-14 items-center justify-between gap-4 px-4 sm:px-6 ${width}`}
    >
      <a href="/" class="inline-flex rounded-sm">
        <Wordmark narrow="mark" />
      </a>
      <div class="flex gap-4 sm:gap-6">
        {LINKS.map((link) => (
          <a
            key={link.path}
            href={link.path}
            aria-current={link.path === path ? "page" : undefined}
            class="text-sm font-medium whitespace-nowrap text-muted hover:text-ink aria-[current=page]:text-ink"
          >
            {link.label}
          </a>
        ))}
      </div>
    </nav>
  );
}
