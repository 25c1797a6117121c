/** The fields that the form for a new key and the form of an existing one share. */
import type { VNode } from "preact";
import { Checkbox } from "./Checkbox.tsx";
import { Field } from "./Field.tsx";
import type { KeyFormValues } from "./key_form_values.ts";
import { TextInput } from "./TextInput.tsx";
import KeyPermissions, { type KeyPermissionsProps } from "@/islands/KeyPermissions.tsx";

/** Name, permissions and rate limit. `choices` are the permissions there are to choose from. */
export function KeySettingsFields({ values, errors, choices }: {
  values: KeyFormValues;
  errors: Readonly<Record<string, string>>;
  choices: Pick<KeyPermissionsProps, "presets" | "permissions" | "everyKey">;
}): VNode {
  return (
    <>
      <Field
        label="Name"
        name="name"
        error={errors.name}
        hint="Where the key will be used, such as “Shop backend” or “n8n”. You can change it later."
      >
        <TextInput name="name" value={values.name} maxLength={80} required autocomplete="off" />
      </Field>
      <KeyPermissions
        {...choices}
        preset={values.preset}
        scopes={values.scopes}
        errors={{ preset: errors.preset, scopes: errors.scopes }}
      />
      <div class="space-y-3">
        <Field
          label="Rate limit"
          name="rate_limit"
          error={errors.rate_limit}
          hint="Requests a minute. Beyond that the API answers 429 and says when to try again."
        >
          <TextInput
            name="rate_limit"
            value={values.rateLimit}
            inputMode="numeric"
            autocomplete="off"
          />
        </Field>
        <Checkbox
          name="unlimited"
          label="No limit"
          hint="The number above is not used."
          checked={values.isUnlimited}
        />
      </div>
    </>
  );
}
