/** The ticks of the message that is to prove the integration, and the answer to it, for the lines that wait for them. */
import { findIntegrationHealth } from "@/db/integration_health.ts";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { proofProgress } from "@/lib/whatsapp/proof_progress.ts";

export const handler = defineAdmin.handlers({
  GET: async (ctx) => {
    const { services, admin } = ctx.state;
    const row = await findIntegrationHealth(services.db.sql, admin.account.id);
    const proof = row === null ? null : proofProgress(row);
    if (proof === null) return ctx.json({ lines: [] }, { status: 404 });
    return ctx.json({ lines: [proof.sent, proof.delivered, proof.answered], done: proof.done });
  },
});
