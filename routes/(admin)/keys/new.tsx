/**
 * `/keys/new`: makes a key. The answer to the form is the only page that ever shows the key's text, hence no redirect;
 * the form's token keeps a reload from making a second key.
 */
import { page } from "fresh";
import { adminUrl } from "@/components/admin_url.ts";
import { Button } from "@/components/Button.tsx";
import { Card } from "@/components/Card.tsx";
import { FormErrors } from "@/components/FormErrors.tsx";
import { type KeyFormValues, newKeyValues, valuesOfForm } from "@/components/key_form_values.ts";
import { KeyExpiryFields } from "@/components/KeyExpiryFields.tsx";
import { KeyRevealed } from "@/components/KeyRevealed.tsx";
import { KeySettingsFields } from "@/components/KeySettingsFields.tsx";
import { KeyShownBefore } from "@/components/KeyShownBefore.tsx";
import { ModeField } from "@/components/ModeField.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { audit } from "@/lib/admin/audit.ts";
import { readForm } from "@/lib/admin/forms.ts";
import { publicBaseUrl } from "@/lib/http/public_base_url.ts";
import { isId } from "@/lib/ids.ts";
import { KEY_LIMITS } from "@/lib/keys/create_key.ts";
import { createKeyOnce } from "@/lib/keys/create_key_once.ts";
import { firstRequestSamples } from "@/lib/keys/first_request_samples.ts";
import { newKeyForm } from "@/lib/keys/key_form.ts";
import { permissionChoices } from "@/lib/keys/permission_choices.ts";

interface Data {
  values: KeyFormValues;
  errors: Record<string, string>;
  formToken: string;
}

const NOT_STORED = { headers: { "cache-control": "no-store" } };

export const handler = defineAdmin.handlers({
  GET: () =>
    page<Data>({
      values: newKeyValues(KEY_LIMITS.defaultRateLimit),
      errors: {},
      formToken: crypto.randomUUID(),
    }),
  POST: async (ctx) => {
    const form = await readForm(ctx, newKeyForm);
    if (!form.ok) {
      const { form_token: token = "" } = form.values;
      const formToken = isId(token) ? token : crypto.randomUUID();
      return page<Data>({ values: valuesOfForm(form.values), errors: form.errors, formToken }, {
        status: 422,
      });
    }
    const { services, admin: { account, mode, user } } = ctx.state;
    const { name } = form.data;
    const made = await createKeyOnce(services.db.sql, {
      ...form.data,
      accountId: account.id,
      mode,
      createdBy: user,
    });
    if (made.outcome === "already_created") {
      return await ctx.render(<KeyShownBefore id={made.id} mode={mode} />, NOT_STORED);
    }
    const { id, key: text, scopes } = made.key;
    await audit(ctx, {
      action: "api_key.created",
      targetType: "api_key",
      targetId: id,
      details: { name },
    });
    const canSend = scopes.includes("messages:send");
    const samples = firstRequestSamples({ baseUrl: publicBaseUrl(ctx), apiKey: text, scopes });
    return await ctx.render(
      <KeyRevealed {...{ id, name, text, mode, samples, canSend }} />,
      NOT_STORED,
    );
  },
});

export default defineAdmin.page<typeof handler>(function NewKeyPage({ data, state }) {
  const { values, errors, formToken } = data;
  const { mode } = state.admin;
  return (
    <>
      <PageHeader
        title={mode === "test" ? "Create a test key" : "Create an API key"}
        description={mode === "test"
          ? "A test key reaches the sandbox only: nothing it sends arrives on a phone."
          : "A program shows its key with every request. Give each program a key of its own."}
        back={{ href: adminUrl("/keys", mode), label: "API keys" }}
      />
      <form method="post" action={adminUrl("/keys/new", mode)} class="max-w-3xl space-y-6">
        <ModeField mode={mode} />
        <input type="hidden" name="form_token" value={formToken} />
        <FormErrors errors={errors} />
        <Card
          footer={
            <>
              <Button type="submit" variant="primary">Create key</Button>
              <Button href={adminUrl("/keys", mode)} variant="ghost">Cancel</Button>
            </>
          }
        >
          <div class="space-y-6">
            <KeySettingsFields values={values} errors={errors} choices={permissionChoices()} />
            <KeyExpiryFields
              expiry={values.expiry}
              expiryDays={values.expiryDays}
              errors={errors}
            />
          </div>
        </Card>
      </form>
    </>
  );
});
