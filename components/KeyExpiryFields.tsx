/** How long a new key is valid. The field for a number of days shows when it is needed, by the style sheet alone. */
import type { VNode } from "preact";
import { Field } from "./Field.tsx";
import { Select } from "./Select.tsx";
import { TextInput } from "./TextInput.tsx";

const CHOICES = [
  { value: "never", label: "Never" },
  { value: "30", label: "In 30 days" },
  { value: "90", label: "In 90 days" },
  { value: "365", label: "In 365 days" },
  { value: "custom", label: "In a number of days…" },
];

/** The choice, and the number of days of a custom one. */
export function KeyExpiryFields({ expiry, expiryDays, errors }: {
  expiry: string;
  expiryDays: string;
  errors: Readonly<Record<string, string>>;
}): VNode {
  return (
    <div class="group/expiry grid gap-4 sm:grid-cols-2">
      <Field
        label="Expires"
        name="expiry"
        error={errors.expiry}
        hint="A key that expires limits the damage if it leaks. You can replace it at any time without a gap."
      >
        <Select name="expiry" value={expiry} options={CHOICES} />
      </Field>
      <div class="hidden group-has-[[value=custom]:checked]/expiry:block">
        <Field
          label="Days"
          name="expiry_days"
          error={errors.expiry_days}
          hint="From 1 to 365."
        >
          <TextInput
            name="expiry_days"
            value={expiryDays}
            inputMode="numeric"
            autocomplete="off"
          />
        </Field>
      </div>
    </div>
  );
}
