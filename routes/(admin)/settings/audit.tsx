/** `/settings/audit`: who did what, the newest first, in plain sentences. */
import { page } from "fresh";
import { adminUrl } from "@/components/admin_url.ts";
import { AuditTable } from "@/components/AuditTable.tsx";
import { Pagination } from "@/components/Pagination.tsx";
import { SettingsHeader } from "@/components/SettingsHeader.tsx";
import { listAuditEntries } from "@/db/audit_log.ts";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { auditSentence } from "@/lib/admin/audit_actions.ts";
import { positionToText, readStart } from "@/lib/admin/list_position.ts";

const PAGE_SIZE = 50;

export const handler = defineAdmin.handlers({
  GET: async ({ state, url }) => {
    const start = readStart(url.searchParams);
    const after = start?.direction === "older" ? start.position : null;
    const rows = await listAuditEntries(state.services.db.sql, {
      accountId: state.admin.live.id,
      page: { limit: PAGE_SIZE, after },
    });
    const shown = rows.slice(0, PAGE_SIZE);
    const last = rows.length > PAGE_SIZE ? shown.at(-1) : undefined;
    return page({
      entries: shown.map((row) => ({
        id: row.id,
        at: row.created_at,
        person: row.user_email ?? "Somebody",
        sentence: auditSentence(row.action, row.details),
        mode: row.mode,
      })),
      next: last === undefined ? null : positionToText({ createdAt: last.created_at, id: last.id }),
      isFirst: after === null,
    });
  },
});

export default defineAdmin.page<typeof handler>(function AuditLog({ data, state }) {
  const { mode } = state.admin;
  const path = "/settings/audit";
  return (
    <>
      <SettingsHeader path={path} mode={mode} />
      <AuditTable entries={data.entries} />
      <Pagination
        firstHref={data.isFirst ? undefined : adminUrl(path, mode)}
        nextHref={data.next === null ? undefined : adminUrl(path, mode, { before: data.next })}
      />
    </>
  );
});
