/** A single-line input. Inside a `Field` it is labelled by that; elsewhere give it an `aria-label`. */
import type { InputHTMLAttributes, VNode } from "preact";
import { useFieldAttributes } from "./field_state.ts";

/** Every attribute of an `<input>`, of which only the name is a must. */
export interface TextInputProps extends Omit<InputHTMLAttributes, "class" | "id" | "size"> {
  name: string;
  id?: string | undefined;
  /** For tokens, ids and numbers: fixed width, no spelling marks. */
  mono?: boolean | undefined;
}

/** An input of type text unless told; its value is `value`. */
export function TextInput({ id, mono = false, ...attributes }: TextInputProps): VNode {
  const plain = mono
    ? { spellcheck: false, autocapitalize: "off" as const, autocomplete: "off" as const }
    : {};
  return (
    <input
      type="text"
      {...plain}
      {...attributes}
      {...useFieldAttributes(id)}
      class={mono ? "control font-mono" : "control"}
    />
  );
}
