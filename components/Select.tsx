/** A choice from a list: the browser's own control, which phones and screen readers know best. */
import type { SelectHTMLAttributes, VNode } from "preact";
import { useFieldAttributes } from "./field_state.ts";
import { ChevronDownIcon } from "./icons.ts";

/** One line of the list. */
export interface SelectOption {
  value: string;
  label: string;
  disabled?: boolean | undefined;
}

/** Every attribute of a `<select>`, with its options as data. */
export interface SelectProps extends Omit<SelectHTMLAttributes, "class" | "id" | "value"> {
  name: string;
  id?: string | undefined;
  value?: string | undefined;
  options: readonly SelectOption[];
}

/** Inside a `Field` it is labelled by that; elsewhere give it an `aria-label`. */
export function Select({ id, value, options, ...attributes }: SelectProps): VNode {
  return (
    <div class="relative">
      <select
        {...attributes}
        {...useFieldAttributes(id)}
        class="control appearance-none truncate pr-9"
      >
        {options.map((option) => (
          <option
            key={option.value}
            value={option.value}
            selected={option.value === value}
            disabled={option.disabled}
          >
            {option.label}
          </option>
        ))}
      </select>
      <span class="pointer-events-none absolute inset-y-0 right-3 flex items-center text-muted">
        <ChevronDownIcon />
      </span>
    </div>
  );
}
