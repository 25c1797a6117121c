/**
 * Writes down what people do. Which actions there are, and what they say, is in audit_actions.ts; the entries are
 * shown on /settings/audit.
 */
import { insertAuditEntry } from "@/db/audit_log.ts";
import type { AdminState } from "@/lib/admin/admin_state.ts";
import type { AuditAction, AuditDetails } from "@/lib/admin/audit_actions.ts";
import { makeId } from "@/lib/ids.ts";
import type { RequestOf } from "@/lib/state.ts";

export type { AuditAction } from "@/lib/admin/audit_actions.ts";

/** Writes an entry for the person who is signed in. Details hold no secrets: they are shown as they are. */
export async function audit(
  ctx: RequestOf<AdminState>,
  entry: { action: AuditAction; targetType: string; targetId: string; details?: AuditDetails },
): Promise<void> {
  const { services, admin } = ctx.state;
  await insertAuditEntry(services.db.sql, {
    id: makeId(),
    accountId: admin.live.id,
    userId: admin.user.id,
    userEmail: admin.user.email,
    mode: admin.mode,
    details: {},
    ...entry,
  });
}
