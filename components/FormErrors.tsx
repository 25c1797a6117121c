/**
 * Above a form that was refused: how many problems there are, each a link to its field. The fields say the same
 * beside themselves; this is what is read out, and what stays in sight on a long form.
 */
import type { VNode } from "preact";
import { Alert } from "./Alert.tsx";

/**
 * The problems of a form by the name of their field; nothing when there are none. Problems of no one field are under
 * the name "" or "form".
 */
export function FormErrors({ errors, title }: {
  errors: Readonly<Record<string, string>>;
  title?: string | undefined;
}): VNode | null {
  const entries = Object.entries(errors);
  if (entries.length === 0) return null;
  const counted = entries.length === 1 ? "One thing needs" : `${entries.length} things need`;
  return (
    <Alert tone="bad" announce title={title ?? `${counted} your attention`}>
      <ul class={entries.length > 1 ? "list-disc pl-4" : ""}>
        {entries.map(([name, message]) => (
          <li key={name}>
            {name === "" || name === "form"
              ? message
              : <a href={`#field-${name}`} class="underline underline-offset-2">{message}</a>}
          </li>
        ))}
      </ul>
    </Alert>
  );
}
