/** `/keys/{id}/revoke`: asks whether a key shall end, saying when it was last used, and ends it. */
import { HttpError, page } from "fresh";
import { z } from "zod";
import { adminUrl } from "@/components/admin_url.ts";
import { Card } from "@/components/Card.tsx";
import { KeyRevokeForm } from "@/components/KeyRevokeForm.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { type KeyRequestRow, listKeyRequests } from "@/db/key_requests.ts";
import { type ManagedKeyRow, revokeManagedKey } from "@/db/managed_keys.ts";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { audit } from "@/lib/admin/audit.ts";
import { redirectWithFlash } from "@/lib/admin/flash.ts";
import { readForm } from "@/lib/admin/forms.ts";
import { requireKey } from "@/lib/admin/require_key.ts";

interface Data {
  key: ManagedKeyRow;
  lastRequest: KeyRequestRow | null;
}

const REVOKED_BEFORE = { kind: "error", text: "This key was revoked before." } as const;

export const handler = defineAdmin.handlers({
  GET: async (ctx) => {
    const key = await requireKey(ctx);
    if (key.revoked_at !== null) return redirectWithFlash(ctx, `/keys/${key.id}`, REVOKED_BEFORE);
    const { services, admin: { account } } = ctx.state;
    const [lastRequest = null] = await listKeyRequests(services.db.sql, {
      accountId: account.id,
      keyId: key.id,
      limit: 1,
    });
    return page<Data>({ key, lastRequest });
  },
  POST: async (ctx) => {
    const key = await requireKey(ctx);
    // Only the mode, which `readForm` checks.
    await readForm(ctx, z.object({}));
    const { services, admin: { account, user } } = ctx.state;
    const outcome = await revokeManagedKey(services.db.sql, {
      accountId: account.id,
      id: key.id,
      revokedBy: user,
    });
    if (outcome === "not_found") throw new HttpError(404);
    if (outcome === "revoked_before") {
      return redirectWithFlash(ctx, `/keys/${key.id}`, REVOKED_BEFORE);
    }
    await audit(ctx, {
      action: "api_key.revoked",
      targetType: "api_key",
      targetId: key.id,
      details: { name: key.name },
    });
    return redirectWithFlash(ctx, `/keys/${key.id}`, {
      kind: "success",
      text: `“${key.name}” is revoked: its next request is answered 401.`,
    });
  },
});

export default defineAdmin.page<typeof handler>(function RevokeKeyPage({ data, state }) {
  const { key, lastRequest } = data;
  const { mode } = state.admin;
  return (
    <>
      <PageHeader
        title={`Revoke “${key.name}”?`}
        back={{ href: adminUrl(`/keys/${key.id}`, mode), label: key.name }}
      />
      <div class="max-w-xl">
        <Card>
          <KeyRevokeForm
            id={key.id}
            lastUsedAt={key.last_used_at}
            lastRequest={lastRequest}
            mode={mode}
          />
        </Card>
      </div>
    </>
  );
});
