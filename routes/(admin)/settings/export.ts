/** `POST /settings/export`: everything that the page's account has, as a file that is made while it is read. */
import { z } from "zod";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { audit } from "@/lib/admin/audit.ts";
import { readForm } from "@/lib/admin/forms.ts";
import { exportStream } from "@/lib/export/export_account.ts";

export const handler = defineAdmin.handlers({
  POST: async (ctx) => {
    // Only the mode, which `readForm` checks.
    await readForm(ctx, z.object({}));
    const { services, admin } = ctx.state;
    await audit(ctx, {
      action: "account.exported",
      targetType: "account",
      targetId: admin.account.id,
    });
    const day = new Date().toISOString().slice(0, 10);
    return new Response(exportStream(services.db.sql, admin.account.id), {
      headers: {
        "content-type": "application/x-ndjson",
        "content-disposition": `attachment; filename="messages-${admin.mode}-${day}.ndjson"`,
      },
    });
  },
});
