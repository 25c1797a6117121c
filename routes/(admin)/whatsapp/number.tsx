/** Step three of the set-up: which number. A connected integration changes to another one here. */
import { page } from "fresh";
import { z } from "zod";
import { adminUrl } from "@/components/admin_url.ts";
import { PageHeader } from "@/components/PageHeader.tsx";
import { WhatsappNumberForm } from "@/components/WhatsappNumberForm.tsx";
import { WhatsappSteps } from "@/components/WhatsappSetUp.tsx";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { audit } from "@/lib/admin/audit.ts";
import { redirectWithFlash } from "@/lib/admin/flash.ts";
import { readForm } from "@/lib/admin/forms.ts";
import { ConnectError } from "@/lib/connect_whatsapp.ts";
import { numberChoices, wantedNumber } from "@/lib/whatsapp/number_choices.ts";
import { chooseNumber } from "@/lib/whatsapp/set_up.ts";

const schema = z.object({
  number: z.string().optional(),
  phone_number_id: z.string().optional(),
  waba_id: z.string().optional(),
});

export const handler = defineAdmin.handlers({
  GET: async (ctx) => {
    const { services, admin } = ctx.state;
    const found = await numberChoices(services, admin.account.id);
    if (found === null) return ctx.redirect(adminUrl("/whatsapp/connect", admin.mode), 303);
    return page({ found, values: {}, errors: {} });
  },
  POST: async (ctx) => {
    const { services, admin } = ctx.state;
    const form = await readForm(ctx, schema);
    const fields = form.ok ? form.data : {};
    const wanted = wantedNumber(fields);
    let errors = wanted.ok ? {} : wanted.errors;
    const before = await numberChoices(services, admin.account.id);
    if (before === null) return ctx.redirect(adminUrl("/whatsapp/connect", admin.mode), 303);
    if (wanted.ok) {
      try {
        const row = await chooseNumber(services, { account: admin.account, ...wanted });
        await audit(ctx, {
          action: before.isConnected ? "whatsapp.number_changed" : "whatsapp.connected",
          targetType: "whatsapp_integration",
          targetId: row.id,
          details: { number: row.display_phone_number },
        });
        return redirectWithFlash(ctx, "/whatsapp", {
          kind: "success",
          text: `Connected to ${row.display_phone_number ?? wanted.phoneNumberId}`,
        });
      } catch (error) {
        if (!(error instanceof ConnectError)) throw error;
        errors = { form: error.message };
      }
    }
    const { number = "", phone_number_id = "", waba_id = "" } = fields;
    const values = { number, phone_number_id, waba_id };
    return page({ found: before, values, errors }, { status: 422 });
  },
});

export default defineAdmin.page<typeof handler>(function NumberPage({ data, state }) {
  const { mode } = state.admin;
  const { isConnected, choices, problems } = data.found;
  const form = (
    <WhatsappNumberForm
      choices={choices}
      problems={problems}
      values={data.values}
      errors={data.errors}
      tokenHref={adminUrl(
        isConnected ? "/whatsapp/secrets/access-token" : "/whatsapp/connect",
        mode,
      )}
      mode={mode}
    />
  );
  return (
    <>
      <PageHeader
        title={isConnected ? "Change the number" : "Connect WhatsApp"}
        description={isConnected
          ? "Messages go out from the number that you pick here."
          : undefined}
        back={{ href: adminUrl("/whatsapp", mode), label: "WhatsApp" }}
      />
      {isConnected
        ? <div class="max-w-2xl">{form}</div>
        : <WhatsappSteps current={3} contents={{ 3: form }} mode={mode} />}
    </>
  );
});
