/** A text of several lines. Inside a `Field` it is labelled by that; elsewhere give it an `aria-label`. */
import type { TextareaHTMLAttributes, VNode } from "preact";
import { useFieldAttributes } from "./field_state.ts";

/** Every attribute of a `<textarea>`, of which only the name is a must. */
export interface TextAreaProps extends Omit<TextareaHTMLAttributes, "class" | "id"> {
  name: string;
  id?: string | undefined;
  mono?: boolean | undefined;
}

/** Three rows unless told. */
export function TextArea({ id, mono = false, rows = 3, ...attributes }: TextAreaProps): VNode {
  return (
    <textarea
      {...attributes}
      rows={rows}
      {...useFieldAttributes(id)}
      class={mono ? "control resize-y font-mono" : "control resize-y"}
    />
  );
}
