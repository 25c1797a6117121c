/**
 * A labelled form field: label, hint, control, error. The control inside (`TextInput`, `TextArea`, `Select`) finds its
 * ids through field_state.ts; without a control inside, a `TextInput` of that name stands there.
 */
import type { ComponentChildren, VNode } from "preact";
import { FieldContext } from "./field_state.ts";
import { ErrorCircleIcon } from "./icons.ts";
import { TextInput } from "./TextInput.tsx";

/** One field of a form. `id` is needed only where two forms of a page have fields of one name. */
export function Field({ label, name, id = `field-${name}`, hint, error, optional, children }: {
  label: ComponentChildren;
  name: string;
  id?: string | undefined;
  hint?: ComponentChildren;
  /** Shown in red and read out with the control; empty means none. */
  error?: string | undefined;
  /** Says "optional" beside the label. */
  optional?: boolean | undefined;
  children?: ComponentChildren;
}): VNode {
  const isInvalid = error !== undefined && error !== "";
  const hintId = hint ? `${id}-hint` : undefined;
  const errorId = isInvalid ? `${id}-error` : undefined;
  const describedBy = [hintId, errorId].filter((each) => each !== undefined).join(" ");
  return (
    <div class="min-w-0">
      <div class="mb-1.5 flex items-baseline justify-between gap-3">
        <label for={id} class="text-sm font-medium">{label}</label>
        {optional && <span class="text-xs text-muted">Optional</span>}
      </div>
      <FieldContext.Provider
        value={{ id, describedBy: describedBy === "" ? undefined : describedBy, isInvalid }}
      >
        {children ?? <TextInput name={name} />}
      </FieldContext.Provider>
      {isInvalid && (
        <p id={errorId} class="mt-1.5 flex items-start gap-1.5 text-sm text-bad">
          <span class="mt-0.5 shrink-0">
            <ErrorCircleIcon size={14} />
          </span>
          {error}
        </p>
      )}
      {hint && <p id={hintId} class="mt-1.5 text-xs text-muted">{hint}</p>}
    </div>
  );
}
