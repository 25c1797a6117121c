/** The form that changes one's own password. */
import type { VNode } from "preact";
import type { Mode } from "@/lib/keys/key_format.ts";
import { adminUrl } from "./admin_url.ts";
import { Button } from "./Button.tsx";
import { Card } from "./Card.tsx";
import { Field } from "./Field.tsx";
import { ModeField } from "./ModeField.tsx";
import { NewPasswordField } from "./NewPasswordField.tsx";
import { TextInput } from "./TextInput.tsx";

/** Present and new password; errors by the field's name. */
export function PasswordCard({ email, errors, mode }: {
  email: string;
  errors: Readonly<Record<string, string>>;
  mode: Mode;
}): VNode {
  return (
    <form method="post" action={adminUrl("/settings/sessions", mode)} id="password">
      <ModeField mode={mode} />
      <input type="hidden" name="action" value="password" />
      {/* For password managers: whose password this is. */}
      <input type="hidden" name="username" value={email} autocomplete="username" />
      <Card
        title="Password"
        description="Changing it signs you out everywhere else."
        footer={<Button variant="primary">Change password</Button>}
      >
        <div class="max-w-sm space-y-4">
          <Field
            label="Current password"
            name="current_password"
            error={errors.current_password}
          >
            <TextInput
              name="current_password"
              type="password"
              autocomplete="current-password"
              required
            />
          </Field>
          <NewPasswordField label="New password" name="new_password" error={errors.new_password} />
        </div>
      </Card>
    </form>
  );
}
