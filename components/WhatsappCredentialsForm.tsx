/**
 * Step two of the set-up: access token and app secret. What was stored is never put back into the fields: a field that
 * is left empty keeps it.
 */
import type { VNode } from "preact";
import { adminUrl } from "@/components/admin_url.ts";
import { Button } from "@/components/Button.tsx";
import { Field } from "@/components/Field.tsx";
import { FormErrors } from "@/components/FormErrors.tsx";
import { ModeField } from "@/components/ModeField.tsx";
import { TextInput } from "@/components/TextInput.tsx";
import type { Mode } from "@/lib/keys/key_format.ts";

/** What is stored of the set-up so far; null: nothing, else what may be shown of it. */
export interface StoredCredentials {
  accessToken: { lastFour: string | null } | null;
  appSecret: { lastFour: string | null } | null;
}

/** The form of step two. */
export function WhatsappCredentialsForm({ stored, errors, mode }: {
  stored: StoredCredentials;
  errors: Readonly<Record<string, string>>;
  mode: Mode;
}): VNode {
  return (
    <form method="post" action={adminUrl("/whatsapp/connect", mode)} class="max-w-xl space-y-5">
      <ModeField mode={mode} />
      <FormErrors errors={errors} />
      <Field
        label="Access token"
        name="access_token"
        error={errors.access_token}
        hint={stored.accessToken === null
          ? "Begins with EAA. It is shown to Meta at once, stored encrypted, and never shown again."
          : <Kept glimpse={stored.accessToken} />}
      >
        <SecretInput name="access_token" required={stored.accessToken === null} />
      </Field>
      <Field
        label="App secret"
        name="app_secret"
        error={errors.app_secret}
        hint={stored.appSecret === null
          ? "App settings > Basic. Usually 32 letters and digits."
          : <Kept glimpse={stored.appSecret} />}
      >
        <SecretInput name="app_secret" required={stored.appSecret === null} />
      </Field>
      <div class="flex flex-wrap gap-2">
        <Button variant="primary">Continue</Button>
      </div>
    </form>
  );
}

/** A field for something secret: browsers neither keep it nor show it. */
export function SecretInput({ name, required = true }: {
  name: string;
  required?: boolean;
}): VNode {
  return (
    <TextInput
      type="password"
      name={name}
      mono
      required={required}
      maxLength={2000}
      autocomplete="off"
      data-1p-ignore
    />
  );
}

function Kept({ glimpse }: { glimpse: { lastFour: string | null } }): VNode {
  return (
    <>
      Stored{glimpse.lastFour !== null && (
        <>
          , ends in <code>{glimpse.lastFour}</code>
        </>
      )}. Leave empty to keep it.
    </>
  );
}
