/** What changed on an API key, for the audit log: one entry per kind of change, none for a form saved as it was. */
import type { ManagedKeyRow } from "@/db/managed_keys.ts";
import type { AdminState } from "@/lib/admin/admin_state.ts";
import { audit } from "@/lib/admin/audit.ts";
import type { KeySettings } from "@/lib/keys/key_form.ts";
import type { RequestOf } from "@/lib/state.ts";

/** Writes down how `after` differs from `before`. */
export async function auditKeyChanges(
  ctx: RequestOf<AdminState>,
  change: { before: ManagedKeyRow; after: KeySettings },
): Promise<void> {
  const { before, after } = change;
  const target = { targetType: "api_key", targetId: before.id };
  const { name } = after;
  if (before.name !== name) {
    const details = { from: before.name, to: name };
    await audit(ctx, { action: "api_key.renamed", ...target, details });
  }
  const [scopesBefore, scopesAfter] = [before.scopes, after.scopes].map((scopes) =>
    [...scopes].sort().join(", ")
  );
  if (scopesBefore !== scopesAfter) {
    const details = { name, from: scopesBefore ?? "", to: scopesAfter ?? "" };
    await audit(ctx, { action: "api_key.scopes_changed", ...target, details });
  }
  if (before.rate_limit !== after.rateLimit) {
    const details = { name, from: before.rate_limit, to: after.rateLimit };
    await audit(ctx, { action: "api_key.rate_limit_changed", ...target, details });
  }
}
