/** The head of a page: its one h1, what it is for, and what can be done on it. Also sets the document's title. */
import type { ComponentChildren, VNode } from "preact";
import { Head } from "fresh/runtime";
import { ArrowLeftIcon } from "./icons.ts";

/** The first thing on every admin page. `back` leads to the list that a detail page belongs to. */
export function PageHeader({ title, description, actions, back, badge }: {
  title: string;
  description?: ComponentChildren;
  actions?: ComponentChildren;
  back?: { href: string; label: string } | undefined;
  /** Beside the title, such as a `Badge` with the state. */
  badge?: ComponentChildren;
}): VNode {
  return (
    <header class="mb-6">
      <Head>
        <title>{`${title} · Messages API`}</title>
      </Head>
      {back && (
        <a
          href={back.href}
          class="mb-2 inline-flex items-center gap-1 text-sm text-muted hover:text-ink"
        >
          <ArrowLeftIcon size={14} />
          {back.label}
        </a>
      )}
      <div class="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div class="min-w-0 max-w-2xl">
          <div class="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h1 class="min-w-0 text-2xl font-semibold tracking-tight">{title}</h1>
            {badge}
          </div>
          {description && <p class="mt-1 text-sm text-muted">{description}</p>}
        </div>
        {actions && <div class="flex flex-wrap items-center gap-2">{actions}</div>}
      </div>
    </header>
  );
}
