/** Disconnects the number: its secrets are deleted, and sends are refused from then on. */
import { page } from "fresh";
import { z } from "zod";
import { disconnectIntegration } from "@/db/integrations.ts";
import { adminUrl } from "@/components/admin_url.ts";
import { Card } from "@/components/Card.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { DisconnectForm } from "@/components/WhatsappConnected.tsx";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { audit } from "@/lib/admin/audit.ts";
import { redirectWithFlash } from "@/lib/admin/flash.ts";
import { readForm } from "@/lib/admin/forms.ts";
import { findConnection } from "@/lib/whatsapp/refresh_checks.ts";

export const handler = defineAdmin.handlers({
  GET: async (ctx) => {
    const { services, admin } = ctx.state;
    const connection = await findConnection(services, admin.account.id);
    return connection === null ? ctx.redirect(adminUrl("/whatsapp", admin.mode), 303) : page();
  },
  POST: async (ctx) => {
    await readForm(ctx, z.object({}));
    const { services, admin } = ctx.state;
    const row = await disconnectIntegration(services.db.sql, admin.account.id);
    if (row !== null) {
      await audit(ctx, {
        action: "whatsapp.disconnected",
        targetType: "whatsapp_integration",
        targetId: row.id,
      });
    }
    return redirectWithFlash(ctx, "/whatsapp", {
      kind: "success",
      text: "Disconnected: the secrets are deleted",
    });
  },
});

export default defineAdmin.page<typeof handler>(function DisconnectPage({ state }) {
  const { mode } = state.admin;
  return (
    <>
      <PageHeader
        title="Disconnect WhatsApp?"
        back={{ href: adminUrl("/whatsapp", mode), label: "WhatsApp" }}
      />
      <div class="max-w-xl text-sm">
        <Card>
          <DisconnectForm mode={mode} />
        </Card>
      </div>
    </>
  );
});
