/** A group of checkboxes or choices that answer one question, with one error for all of them. */
import type { ComponentChildren, VNode } from "preact";
import { ErrorCircleIcon } from "./icons.ts";

/** A group of controls; in columns where there is room, if wanted. */
export function FieldSet({ name, legend, hint, error, columns = 1, children }: {
  /** Gives the group the id `field-<name>`, where links of `FormErrors` lead. */
  name: string;
  legend: ComponentChildren;
  hint?: ComponentChildren;
  error?: string | undefined;
  columns?: 1 | 2 | 3 | undefined;
  children: ComponentChildren;
}): VNode {
  const id = `field-${name}`;
  const isInvalid = error !== undefined && error !== "";
  const described = [hint ? `${id}-hint` : "", isInvalid ? `${id}-error` : ""]
    .filter((each) => each !== "").join(" ");
  const grid = { 1: "", 2: "sm:grid-cols-2", 3: "sm:grid-cols-3" }[columns];
  return (
    <fieldset id={id} aria-describedby={described === "" ? undefined : described} class="min-w-0">
      <legend class="text-sm font-medium">{legend}</legend>
      {hint && <p id={`${id}-hint`} class="text-xs text-muted">{hint}</p>}
      <div class={`mt-2 grid gap-2.5 ${grid}`}>{children}</div>
      {isInvalid && (
        <p id={`${id}-error`} class="mt-1.5 flex items-start gap-1.5 text-sm text-bad">
          <span class="mt-0.5 shrink-0">
            <ErrorCircleIcon size={14} />
          </span>
          {error}
        </p>
      )}
    </fieldset>
  );
}
