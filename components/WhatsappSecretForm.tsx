/** The form that changes one secret. What is stored is never put into it. */
import type { VNode } from "preact";
import { adminUrl } from "@/components/admin_url.ts";
import { Button } from "@/components/Button.tsx";
import { Card } from "@/components/Card.tsx";
import { Field } from "@/components/Field.tsx";
import { FormErrors } from "@/components/FormErrors.tsx";
import { ModeField } from "@/components/ModeField.tsx";
import { SecretInput } from "@/components/WhatsappCredentialsForm.tsx";
import type { Mode } from "@/lib/keys/key_format.ts";
import { SECRET_PAGES, type SecretName } from "@/lib/whatsapp/secret_pages.ts";

/** The form of a secret's page. */
export function WhatsappSecretForm({ name, errors, mode }: {
  name: SecretName;
  errors: Readonly<Record<string, string>>;
  mode: Mode;
}): VNode {
  const { noun, hint, column } = SECRET_PAGES[name];
  return (
    <div class="max-w-xl">
      <Card>
        <form
          method="post"
          action={adminUrl(`/whatsapp/secrets/${name}`, mode)}
          class="space-y-5"
        >
          <ModeField mode={mode} />
          <FormErrors errors={errors} />
          <Field label={`New ${noun}`} name="value" hint={hint} error={errors.value}>
            <SecretInput name="value" required={column !== "verify_token"} />
          </Field>
          <Button variant="primary">{`Change ${noun}`}</Button>
        </form>
      </Card>
    </div>
  );
}
