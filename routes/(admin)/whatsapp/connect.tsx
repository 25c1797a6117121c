/** Steps one and two of the set-up: access token and app secret. */
import { page } from "fresh";
import { z } from "zod";
import { adminUrl } from "@/components/admin_url.ts";
import { PageHeader } from "@/components/PageHeader.tsx";
import { WhatsappSetUp } from "@/components/WhatsappSetUp.tsx";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { audit } from "@/lib/admin/audit.ts";
import { readForm } from "@/lib/admin/forms.ts";
import { findConnection } from "@/lib/whatsapp/refresh_checks.ts";
import { optionalSecretField } from "@/lib/whatsapp/secret_field.ts";
import { draftSecrets, saveCredentials, storedCredentials } from "@/lib/whatsapp/set_up.ts";

const schema = z.object({
  access_token: optionalSecretField("access token"),
  app_secret: optionalSecretField("app secret"),
});

export const handler = defineAdmin.handlers({
  GET: async (ctx) => {
    const { services, admin } = ctx.state;
    if (await findConnection(services, admin.account.id) !== null) {
      return ctx.redirect(adminUrl("/whatsapp", admin.mode), 303);
    }
    return page({ stored: await storedCredentials(services, admin.account.id), errors: {} });
  },
  POST: async (ctx) => {
    const { services, admin } = ctx.state;
    const accountId = admin.account.id;
    const form = await readForm(ctx, schema);
    if (await findConnection(services, accountId) !== null) {
      return ctx.redirect(adminUrl("/whatsapp", admin.mode), 303);
    }
    const errors: Record<string, string> = form.ok ? {} : form.errors;
    if (form.ok) {
      const { access_token: accessToken, app_secret: appSecret } = form.data;
      const before = await draftSecrets(services, accountId);
      const refusal = await saveCredentials(services, { accountId, accessToken, appSecret });
      if (refusal !== null) errors.access_token = refusal;
      const isNew = before.accessToken === null && before.appSecret === null;
      if (isNew && (appSecret !== null || (accessToken !== null && refusal === null))) {
        await audit(ctx, {
          action: "whatsapp.setup_started",
          targetType: "whatsapp_integration",
          targetId: accountId,
        });
      }
    }
    const stored = await storedCredentials(services, accountId);
    if (stored.accessToken === null) errors.access_token ??= "Put in the access token";
    if (stored.appSecret === null) errors.app_secret ??= "Put in the app secret";
    if (Object.keys(errors).length > 0) return page({ stored, errors }, { status: 422 });
    return ctx.redirect(adminUrl("/whatsapp/number", admin.mode), 303);
  },
});

export default defineAdmin.page<typeof handler>(function ConnectPage({ data, state }) {
  const { mode } = state.admin;
  return (
    <>
      <PageHeader
        title="Connect WhatsApp"
        back={{ href: adminUrl("/whatsapp", mode), label: "WhatsApp" }}
      />
      <WhatsappSetUp stored={data.stored} errors={data.errors} step={2} mode={mode} />
    </>
  );
});
