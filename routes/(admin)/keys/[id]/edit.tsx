/** `/keys/{id}/edit`: the name, permissions and rate limit of a key. What is saved holds from the next request. */
import { HttpError, page } from "fresh";
import { adminUrl } from "@/components/admin_url.ts";
import { Button } from "@/components/Button.tsx";
import { Card } from "@/components/Card.tsx";
import { FormErrors } from "@/components/FormErrors.tsx";
import { type KeyFormValues, valuesOfForm, valuesOfKey } from "@/components/key_form_values.ts";
import { KeySettingsFields } from "@/components/KeySettingsFields.tsx";
import { ModeField } from "@/components/ModeField.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { updateManagedKey } from "@/db/managed_keys.ts";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { redirectWithFlash } from "@/lib/admin/flash.ts";
import { readForm } from "@/lib/admin/forms.ts";
import { auditKeyChanges } from "@/lib/admin/key_audit.ts";
import { requireKey } from "@/lib/admin/require_key.ts";
import { KEY_LIMITS } from "@/lib/keys/create_key.ts";
import { editKeyForm } from "@/lib/keys/key_form.ts";
import { isUsable, keyState } from "@/lib/keys/key_state.ts";
import { permissionChoices } from "@/lib/keys/permission_choices.ts";
import { presetOf } from "@/lib/keys/permissions.ts";

interface Data {
  id: string;
  name: string;
  values: KeyFormValues;
  errors: Record<string, string>;
}

const ENDED = "This key has ended and cannot be changed any more.";

export const handler = defineAdmin.handlers({
  GET: async (ctx) => {
    const key = await requireKey(ctx);
    if (!isUsable(keyState(key, new Date()))) {
      return redirectWithFlash(ctx, `/keys/${key.id}`, { kind: "error", text: ENDED });
    }
    const values = valuesOfKey(key, {
      preset: presetOf(key.scopes),
      defaultRateLimit: KEY_LIMITS.defaultRateLimit,
    });
    return page<Data>({ id: key.id, name: key.name, values, errors: {} });
  },
  POST: async (ctx) => {
    const key = await requireKey(ctx);
    const form = await readForm(ctx, editKeyForm);
    if (!form.ok) {
      const { errors } = form;
      return page<Data>(
        { id: key.id, name: key.name, values: valuesOfForm(form.values), errors },
        { status: 422 },
      );
    }
    const { services, admin: { account } } = ctx.state;
    const outcome = await updateManagedKey(services.db.sql, {
      accountId: account.id,
      id: key.id,
      ...form.data,
    });
    if (outcome === "not_found") throw new HttpError(404);
    if (outcome === "ended") {
      return redirectWithFlash(ctx, `/keys/${key.id}`, { kind: "error", text: ENDED });
    }
    await auditKeyChanges(ctx, { before: key, after: form.data });
    return redirectWithFlash(ctx, `/keys/${key.id}`, {
      kind: "success",
      text: "Saved: it holds from the next request.",
    });
  },
});

export default defineAdmin.page<typeof handler>(function EditKeyPage({ data, state }) {
  const { mode } = state.admin;
  const back = adminUrl(`/keys/${data.id}`, mode);
  return (
    <>
      <PageHeader
        title="Edit key"
        description="What you save holds from the next request of this key. Its text stays the same."
        back={{ href: back, label: data.name }}
      />
      <form
        method="post"
        action={adminUrl(`/keys/${data.id}/edit`, mode)}
        class="max-w-3xl space-y-6"
      >
        <ModeField mode={mode} />
        <FormErrors errors={data.errors} />
        <Card
          footer={
            <>
              <Button type="submit" variant="primary">Save changes</Button>
              <Button href={back} variant="ghost">Cancel</Button>
            </>
          }
        >
          <div class="space-y-6">
            <KeySettingsFields
              values={data.values}
              errors={data.errors}
              choices={permissionChoices()}
            />
          </div>
        </Card>
      </form>
    </>
  );
});
