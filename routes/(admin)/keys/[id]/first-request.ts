/** `GET /keys/{id}/first-request`: whether a key was used yet, for the line that waits for it. */
import { HttpError } from "fresh";
import { findLastUse } from "@/db/managed_keys.ts";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { isId } from "@/lib/ids.ts";

export const handler = defineAdmin.handlers({
  GET: async (ctx) => {
    const { services, admin } = ctx.state;
    const id = ctx.params.id ?? "";
    const usedAt = isId(id)
      ? await findLastUse(services.db.sql, { accountId: admin.account.id, id })
      : undefined;
    if (usedAt === undefined) throw new HttpError(404);
    return Response.json({ used_at: usedAt?.toISOString() ?? null });
  },
});
