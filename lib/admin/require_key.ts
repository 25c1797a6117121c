/** The API key that a page's path names, or the not-found page. */
import { HttpError } from "fresh";
import { findManagedKey, type ManagedKeyRow } from "@/db/managed_keys.ts";
import type { AdminState } from "@/lib/admin/admin_state.ts";
import { isId } from "@/lib/ids.ts";

/**
 * A key of the account and mode of the page.
 *
 * @throws HttpError 404, also for a key of another account or of the other mode
 */
export async function requireKey(
  ctx: { state: AdminState; params: Record<string, string> },
): Promise<ManagedKeyRow> {
  const { services, admin } = ctx.state;
  const id = ctx.params.id ?? "";
  const key = isId(id)
    ? await findManagedKey(services.db.sql, { accountId: admin.account.id, id })
    : null;
  if (key === null) throw new HttpError(404);
  return key;
}
