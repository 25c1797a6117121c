/**
 * A value to be taken elsewhere: a key, an address, an id. It is a readonly input, so that without a script, too, it
 * is selected with one key.
 */
import type { VNode } from "preact";
import CopyButton from "@/islands/CopyButton.tsx";

/** A labelled value and a button that copies it. */
export function CopyBox({ value, label, hint, isLabelHidden = false }: {
  value: string;
  label: string;
  hint?: string | undefined;
  isLabelHidden?: boolean | undefined;
}): VNode {
  const id = `copy-${label.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`;
  return (
    <div class="min-w-0">
      <label for={id} class={isLabelHidden ? "sr-only" : "mb-1.5 block text-sm font-medium"}>
        {label}
      </label>
      <div class="flex items-center gap-2 rounded-md border border-line bg-raised py-1 pr-1 pl-3">
        <input
          id={id}
          type="text"
          readOnly
          value={value}
          spellcheck={false}
          aria-describedby={hint === undefined ? undefined : `${id}-hint`}
          class="min-w-0 flex-1 truncate bg-transparent py-1 font-mono text-sm"
        />
        <CopyButton value={value} label={label} />
      </div>
      {hint !== undefined && <p id={`${id}-hint`} class="mt-1.5 text-xs text-muted">{hint}</p>}
    </div>
  );
}
