/** Where somebody chooses a password. */
import type { VNode } from "preact";
import { Field } from "./Field.tsx";
import { TextInput } from "./TextInput.tsx";

/** That of lib/password.ts, which is not for browsers. */
const MIN_LENGTH = 12;

/** A field for a new password; password managers offer one. */
export function NewPasswordField({ label = "Password", name = "password", error, autofocus }: {
  label?: string | undefined;
  name?: string | undefined;
  error?: string | undefined;
  autofocus?: boolean | undefined;
}): VNode {
  return (
    <Field
      label={label}
      name={name}
      hint={`At least ${MIN_LENGTH} characters; a few words are easier to remember.`}
      error={error}
    >
      <TextInput
        name={name}
        type="password"
        minLength={MIN_LENGTH}
        autocomplete="new-password"
        required
        autofocus={autofocus}
      />
    </Field>
  );
}
