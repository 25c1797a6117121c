/**
 * What a `Field` tells the control inside it: the id its label points to, and the ids of the hint and the error that
 * describe it. A context, so that a page never writes an id twice.
 */
import { createContext } from "preact";
import { useContext } from "preact/hooks";

/** The control's side of a field. */
export interface FieldState {
  id: string;
  describedBy: string | undefined;
  isInvalid: boolean;
}

/** Set by `Field`; null outside of one. */
export const FieldContext = createContext<FieldState | null>(null);

/** The attributes that tie a control to the field around it; an id of its own wins. */
export function useFieldAttributes(id: string | undefined): {
  id?: string;
  "aria-describedby"?: string;
  "aria-invalid"?: "true";
} {
  const field = useContext(FieldContext);
  if (field === null) return id === undefined ? {} : { id };
  return {
    id: id ?? field.id,
    ...(field.describedBy !== undefined && { "aria-describedby": field.describedBy }),
    ...(field.isInvalid && { "aria-invalid": "true" as const }),
  };
}
