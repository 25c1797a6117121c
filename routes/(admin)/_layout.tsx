/** The frame of every page behind sign-in, filled from the request's state; how it looks is in AdminShell. */
import { AdminShell } from "@/components/AdminShell.tsx";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { integrationHealth } from "@/lib/whatsapp/integration_health.ts";

export default defineAdmin.layout(async function AdminLayout({ Component, state, url }) {
  const { admin, flash, services } = state;
  const { problem } = await integrationHealth(services.db.sql, admin.live.id);
  return (
    <AdminShell
      mode={admin.mode}
      path={url.pathname}
      accountName={admin.live.name}
      email={admin.user.email}
      flash={flash}
      healthProblem={problem}
    >
      <Component />
    </AdminShell>
  );
});
