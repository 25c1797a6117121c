/** A box for one thing, with a heading and what can be done with it. */
import type { ComponentChildren, VNode } from "preact";

/** A section of a page. Without padding its children reach the edges, as a table wants to. */
export function Card({ id, title, description, actions, footer, padded = true, children }: {
  /** For links to it. */
  id?: string | undefined;
  title?: ComponentChildren;
  description?: ComponentChildren;
  actions?: ComponentChildren;
  /** A line at the bottom, such as a form's buttons. */
  footer?: ComponentChildren;
  padded?: boolean | undefined;
  children?: ComponentChildren;
}): VNode {
  const hasHeader = title !== undefined || actions !== undefined;
  return (
    <section id={id} class="min-w-0 rounded-lg border border-line bg-surface shadow-card">
      {hasHeader && (
        <div
          class={`flex flex-wrap justify-between gap-x-4 gap-y-2 px-4 pt-4 sm:px-5 ${
            description ? "items-start" : "items-center"
          } ${padded ? "" : "border-b border-line pb-4"}`}
        >
          <div class="min-w-0">
            {title && <h2 class="text-base font-semibold">{title}</h2>}
            {description && <p class="mt-0.5 text-sm text-muted">{description}</p>}
          </div>
          {actions && <div class="flex flex-wrap items-center gap-2">{actions}</div>}
        </div>
      )}
      <div class={padded ? "p-4 sm:p-5" : "overflow-hidden rounded-b-lg"}>{children}</div>
      {footer && (
        <div class="flex flex-wrap items-center gap-2 rounded-b-lg border-t border-line bg-raised/50 px-4 py-3 sm:px-5">
          {footer}
        </div>
      )}
    </section>
  );
}
