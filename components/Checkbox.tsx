/** A box to tick, with its label beside it and a line that explains it below. */
import type { ComponentChildren, VNode } from "preact";

/** What a checkbox can be told; `value` is what the form sends when it is ticked. */
export interface CheckboxProps {
  name: string;
  value?: string | undefined;
  label: ComponentChildren;
  hint?: ComponentChildren;
  checked?: boolean | undefined;
  disabled?: boolean | undefined;
  required?: boolean | undefined;
  /** For islands. */
  onChange?: ((event: Event) => void) | undefined;
}

/** A checkbox; its value is "on" unless told. */
export function Checkbox({ label, hint, value = "on", ...attributes }: CheckboxProps): VNode {
  const id = `check-${attributes.name}-${value}`;
  return (
    <div class="flex items-start gap-2.5">
      <input
        type="checkbox"
        {...attributes}
        id={id}
        value={value}
        aria-describedby={hint ? `${id}-hint` : undefined}
        class="mt-0.5 size-4 shrink-0"
      />
      <div class="min-w-0">
        <label for={id} class="block text-sm font-medium">{label}</label>
        {hint && <p id={`${id}-hint`} class="text-xs text-muted">{hint}</p>}
      </div>
    </div>
  );
}
