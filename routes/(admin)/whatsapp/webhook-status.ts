/** How far Meta's handshake has come, for the line that waits for it. */
import { findIntegrationHealth } from "@/db/integration_health.ts";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { isConnected } from "@/lib/whatsapp/integration_health.ts";
import { handshakeProgress } from "@/lib/whatsapp/webhook_progress.ts";

export const handler = defineAdmin.handlers({
  GET: async (ctx) => {
    const { services, admin } = ctx.state;
    const row = await findIntegrationHealth(services.db.sql, admin.account.id);
    if (row === null || !isConnected(row)) return ctx.json({ lines: [] }, { status: 404 });
    const line = handshakeProgress(row);
    return ctx.json({ lines: [line], done: line.state === "good" });
  },
});
