/** What stands where a list has nothing to show: why that is so, and the next thing to do. */
import type { ComponentChildren, VNode } from "preact";

/** An empty list, explained. `children` may hold an example below the button. */
export function EmptyState({ icon, title, text, action, children }: {
  icon?: ComponentChildren;
  title: string;
  text: ComponentChildren;
  action?: ComponentChildren;
  children?: ComponentChildren;
}): VNode {
  return (
    <div class="flex flex-col items-center px-4 py-12 text-center sm:px-8">
      {icon && (
        <div class="mb-4 flex size-11 items-center justify-center rounded-full border border-line bg-raised text-muted">
          {icon}
        </div>
      )}
      <h2 class="text-base font-semibold">{title}</h2>
      <p class="mt-1 max-w-md text-sm text-balance text-muted">{text}</p>
      {action && <div class="mt-5 flex flex-wrap justify-center gap-2">{action}</div>}
      {children && <div class="mt-8 w-full max-w-2xl text-left">{children}</div>}
    </div>
  );
}
