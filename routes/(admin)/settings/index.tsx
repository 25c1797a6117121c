/** `/settings`: the account's name, and the ids by which operators and the CLI know it. */
import { page } from "fresh";
import { z } from "zod";
import { adminUrl } from "@/components/admin_url.ts";
import { Button } from "@/components/Button.tsx";
import { Card } from "@/components/Card.tsx";
import { DescriptionList } from "@/components/DescriptionList.tsx";
import { Field } from "@/components/Field.tsx";
import { ModeField } from "@/components/ModeField.tsx";
import { SettingsHeader } from "@/components/SettingsHeader.tsx";
import { TextInput } from "@/components/TextInput.tsx";
import { updateAccountName } from "@/db/accounts.ts";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { audit } from "@/lib/admin/audit.ts";
import { redirectWithFlash } from "@/lib/admin/flash.ts";
import { readForm } from "@/lib/admin/forms.ts";
import { accountName } from "@/lib/admin/people_fields.ts";

const nameForm = z.object({ name: accountName });

export const handler = defineAdmin.handlers({
  GET: ({ state }) => page({ name: state.admin.live.name, error: "" }),
  POST: async (ctx) => {
    const form = await readForm(ctx, nameForm);
    if (!form.ok) {
      const data = { name: form.values.name ?? "", error: form.errors.name ?? "" };
      return page(data, { status: 422 });
    }
    const { services, admin } = ctx.state;
    const to = form.data.name;
    const from = await updateAccountName(services.db.sql, { id: admin.live.id, name: to });
    if (from !== null && from !== to) {
      const target = { targetType: "account", targetId: admin.live.id };
      await audit(ctx, { action: "account.renamed", ...target, details: { from, to } });
    }
    return redirectWithFlash(ctx, "/settings", { kind: "success", text: "Account name saved." });
  },
});

export default defineAdmin.page<typeof handler>(function GeneralSettings({ data, state }) {
  const { admin } = state;
  return (
    <>
      <SettingsHeader path="/settings" mode={admin.mode} />
      <div class="space-y-6">
        <form method="post" action={adminUrl("/settings", admin.mode)}>
          <ModeField mode={admin.mode} />
          <Card
            title="Account name"
            description="Shown to everybody on the team; people on WhatsApp never see it."
            footer={<Button variant="primary">Save</Button>}
          >
            <div class="max-w-sm">
              <Field label="Name" name="name" error={data.error}>
                <TextInput
                  name="name"
                  value={data.name}
                  maxLength={80}
                  autocomplete="organization"
                  required
                />
              </Field>
            </div>
          </Card>
        </form>
        <Card title="Ids" description="For the command line and for support; they are no secrets.">
          <DescriptionList
            items={[
              ["Account", <code key="live">{admin.live.id}</code>],
              ["Its test twin", <code key="test">{admin.test.id}</code>],
              ["You", `${admin.user.email}, ${admin.user.owner ? "owner" : "admin"}`],
            ]}
          />
        </Card>
      </div>
    </>
  );
});
