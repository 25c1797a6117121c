/** Changes one secret of a connected integration; the others stay as they are. */
import { HttpError, page } from "fresh";
import { z } from "zod";
import { adminUrl } from "@/components/admin_url.ts";
import { PageHeader } from "@/components/PageHeader.tsx";
import { WhatsappSecretForm } from "@/components/WhatsappSecretForm.tsx";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { audit } from "@/lib/admin/audit.ts";
import { redirectWithFlash } from "@/lib/admin/flash.ts";
import { readForm } from "@/lib/admin/forms.ts";
import { findConnection } from "@/lib/whatsapp/refresh_checks.ts";
import { changeSecret } from "@/lib/whatsapp/repair.ts";
import { optionalSecretField } from "@/lib/whatsapp/secret_field.ts";
import { isSecretName, SECRET_PAGES, type SecretName } from "@/lib/whatsapp/secret_pages.ts";
import { makeVerifyToken } from "@/lib/whatsapp/verify_token.ts";

function requireName(name: string | undefined): SecretName {
  if (name !== undefined && isSecretName(name)) return name;
  throw new HttpError(404);
}

export const handler = defineAdmin.handlers({
  GET: async (ctx) => {
    const name = requireName(ctx.params.name);
    const { services, admin } = ctx.state;
    if (await findConnection(services, admin.account.id) === null) {
      return ctx.redirect(adminUrl("/whatsapp", admin.mode), 303);
    }
    return page({ name, errors: {} as Record<string, string> });
  },
  POST: async (ctx) => {
    const name = requireName(ctx.params.name);
    const { services, admin } = ctx.state;
    const { column, noun, action, done } = SECRET_PAGES[name];
    const form = await readForm(ctx, z.object({ value: optionalSecretField(noun) }));
    if (!form.ok) return page({ name, errors: form.errors }, { status: 422 });
    const value = form.data.value ?? (column === "verify_token" ? makeVerifyToken() : null);
    const refusal = value === null
      ? `Put in the ${noun}`
      : await changeSecret(services, { accountId: admin.account.id, column, value });
    if (refusal !== null) return page({ name, errors: { value: refusal } }, { status: 422 });
    await audit(ctx, {
      action,
      targetType: "whatsapp_integration",
      targetId: admin.account.id,
    });
    return redirectWithFlash(ctx, "/whatsapp", { kind: "success", text: done });
  },
});

export default defineAdmin.page<typeof handler>(function SecretPage({ data, state }) {
  const { mode } = state.admin;
  return (
    <>
      <PageHeader
        title={SECRET_PAGES[data.name].title}
        back={{ href: adminUrl("/whatsapp", mode), label: "WhatsApp" }}
      />
      <WhatsappSecretForm name={data.name} errors={data.errors} mode={mode} />
    </>
  );
});
