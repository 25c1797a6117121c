/** Fields that most messages do without, folded away until they are wanted or one of them has a value. */
import type { ComponentChildren, VNode } from "preact";
import { useRef } from "preact/hooks";
import { ChevronRightIcon } from "./icons.ts";

/** A part of the form that opens by itself where `isOpen`. */
export function PlaygroundDetails({ label, isOpen, children }: {
  label: string;
  isOpen: boolean;
  children: ComponentChildren;
}): VNode {
  // Only ever opened from here: a value that is cleared must not fold its own field away.
  const wasOpened = useRef(isOpen);
  wasOpened.current ||= isOpen;
  return (
    <details class="group rounded-lg border border-line" open={wasOpened.current || undefined}>
      <summary class="flex items-center gap-2 rounded-lg px-3.5 py-2.5 text-sm font-medium hover:bg-raised">
        <span class="transition-transform group-open:rotate-90">
          <ChevronRightIcon />
        </span>
        {label}
      </summary>
      <div class="space-y-5 border-t border-line p-3.5">{children}</div>
    </details>
  );
}
