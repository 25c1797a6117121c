/** Registers the number for the Cloud API, which needs its PIN. The PIN goes to Meta and is not kept. */
import { page } from "fresh";
import { z } from "zod";
import { adminUrl } from "@/components/admin_url.ts";
import { Button } from "@/components/Button.tsx";
import { Card } from "@/components/Card.tsx";
import { Field } from "@/components/Field.tsx";
import { FormErrors } from "@/components/FormErrors.tsx";
import { ModeField } from "@/components/ModeField.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { TextInput } from "@/components/TextInput.tsx";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { audit } from "@/lib/admin/audit.ts";
import { redirectWithFlash } from "@/lib/admin/flash.ts";
import { readForm } from "@/lib/admin/forms.ts";
import { findConnection } from "@/lib/whatsapp/refresh_checks.ts";
import { register } from "@/lib/whatsapp/repair.ts";

const schema = z.object({
  pin: z.string({ error: "Put in the PIN" }).trim()
    .regex(/^[0-9]{6}$/, { error: "The PIN is 6 digits" }),
});

export const handler = defineAdmin.handlers({
  GET: async (ctx) => {
    const { services, admin } = ctx.state;
    if (await findConnection(services, admin.account.id) === null) {
      return ctx.redirect(adminUrl("/whatsapp", admin.mode), 303);
    }
    return page({ errors: {} as Record<string, string> });
  },
  POST: async (ctx) => {
    const { services, admin } = ctx.state;
    const form = await readForm(ctx, schema);
    if (!form.ok) return page({ errors: form.errors }, { status: 422 });
    const refusal = await register(services, { accountId: admin.account.id, pin: form.data.pin });
    if (refusal !== null) return page({ errors: { pin: refusal } }, { status: 422 });
    await audit(ctx, {
      action: "whatsapp.number_registered",
      targetType: "whatsapp_integration",
      targetId: admin.account.id,
    });
    return redirectWithFlash(ctx, "/whatsapp", {
      kind: "success",
      text: "The number is registered",
    });
  },
});

export default defineAdmin.page<typeof handler>(function RegisterPage({ data, state }) {
  const { mode } = state.admin;
  return (
    <>
      <PageHeader
        title="Register the number"
        description="Meta needs this once for each number of your own. Test numbers are registered already."
        back={{ href: adminUrl("/whatsapp", mode), label: "WhatsApp" }}
      />
      <div class="max-w-xl">
        <Card>
          <form method="post" action={adminUrl("/whatsapp/register", mode)} class="space-y-5">
            <ModeField mode={mode} />
            <FormErrors errors={data.errors} />
            <Field
              label="Two-step verification PIN"
              name="pin"
              error={data.errors.pin}
              hint="6 digits. If the number has none yet, these become its PIN: keep them. Do not guess: Meta locks the number after a few wrong ones."
            >
              <TextInput
                name="pin"
                mono
                inputMode="numeric"
                pattern="[0-9]{6}"
                maxLength={6}
                required
                autocomplete="off"
              />
            </Field>
            <Button variant="primary">Register</Button>
          </form>
        </Card>
      </div>
    </>
  );
});
