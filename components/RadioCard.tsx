/** One of several choices as a box of its own. Put the choices of one name into a `FieldSet`. */
import type { ComponentChildren, VNode } from "preact";

/** What a choice can be told. */
export interface RadioCardProps {
  name: string;
  value: string;
  title: ComponentChildren;
  description?: ComponentChildren;
  /** At the right of the title, such as a `Badge`. */
  badge?: ComponentChildren;
  checked?: boolean | undefined;
  disabled?: boolean | undefined;
  required?: boolean | undefined;
  /** For islands. */
  onChange?: ((event: Event) => void) | undefined;
}

/** A choice: the whole box can be pressed. */
export function RadioCard({ title, description, badge, ...attributes }: RadioCardProps): VNode {
  const id = `radio-${attributes.name}-${attributes.value}`;
  return (
    <label
      for={id}
      class="flex items-start gap-3 rounded-lg border border-line bg-surface p-3.5 hover:border-control has-checked:border-accent has-checked:bg-accent-soft/50 has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent has-disabled:opacity-60"
    >
      <input
        type="radio"
        {...attributes}
        id={id}
        aria-describedby={description ? `${id}-text` : undefined}
        class="mt-0.5 size-4 shrink-0 outline-none"
      />
      <span class="min-w-0 flex-1">
        <span class="flex flex-wrap items-center justify-between gap-2 text-sm font-medium">
          {title}
          {badge}
        </span>
        {description && (
          <span id={`${id}-text`} class="mt-0.5 block text-xs text-muted">{description}</span>
        )}
      </span>
    </label>
  );
}
