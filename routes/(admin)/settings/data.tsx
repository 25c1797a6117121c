/** `/settings/data`: how long data is kept, and the export of all of it. A change is shown with its effect, then saved. */
import { page } from "fresh";
import { ExportCard } from "@/components/ExportCard.tsx";
import { RetentionForm, type RetentionValues } from "@/components/RetentionForm.tsx";
import { SettingsHeader } from "@/components/SettingsHeader.tsx";
import { bounded } from "@/db/errors.ts";
import {
  COUNT_LIMIT,
  countExpired,
  type ExpiredCounts,
  findRetention,
  saveRetention,
} from "@/db/retention.ts";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { audit } from "@/lib/admin/audit.ts";
import { redirectWithFlash } from "@/lib/admin/flash.ts";
import { readForm } from "@/lib/admin/forms.ts";
import { previewMark, retentionForm, retentionValues } from "@/lib/admin/retention_form.ts";
import { READ_TIMEOUT_MS } from "@/lib/api/limits.ts";

interface Data {
  values: RetentionValues;
  errors: Record<string, string>;
  /** What these values would remove; null: not asked yet. */
  expired: ExpiredCounts | null;
}

const PATH = "/settings/data";

export const handler = defineAdmin.handlers({
  GET: async ({ state }) => {
    const retention = await findRetention(state.services.db.sql, state.admin.live.id);
    return page<Data>({ values: retentionValues(retention), errors: {}, expired: null });
  },
  POST: async (ctx) => {
    const form = await readForm(ctx, retentionForm);
    if (!form.ok) {
      const { message_days = "", event_days = "", request_days = "", audit_days = "" } =
        form.values;
      const values = { message_days, event_days, request_days, audit_days };
      return page<Data>({ values, errors: form.errors, expired: null }, { status: 422 });
    }
    const { sql } = ctx.state.services.db;
    const liveAccountId = ctx.state.admin.live.id;
    const { action, previewed, ...retention } = form.data;
    const values = retentionValues(retention);
    if (action === "preview" || previewed !== previewMark(values)) {
      const expired = await bounded(
        countExpired(sql, { liveAccountId, retention }),
        READ_TIMEOUT_MS,
      );
      return page<Data>({ values, errors: {}, expired });
    }
    await saveRetention(sql, { liveAccountId, retention });
    await audit(ctx, {
      action: "retention.changed",
      targetType: "account",
      targetId: liveAccountId,
      details: { ...retention },
    });
    const text = "Saved. What is older is removed within the hour.";
    return redirectWithFlash(ctx, PATH, { kind: "success", text });
  },
});

export default defineAdmin.page<typeof handler>(function DataSettings({ data, state }) {
  const { mode } = state.admin;
  return (
    <>
      <SettingsHeader path={PATH} mode={mode} />
      <div class="space-y-6">
        <RetentionForm
          {...data}
          previewed={previewMark(data.values)}
          limit={COUNT_LIMIT}
          mode={mode}
        />
        <ExportCard mode={mode} />
      </div>
    </>
  );
});
