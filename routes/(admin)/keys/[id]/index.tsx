/** `/keys/{id}`: everything about one key, and the ways to change, replace and end it. */
import { page } from "fresh";
import { adminUrl } from "@/components/admin_url.ts";
import { Button } from "@/components/Button.tsx";
import { Card } from "@/components/Card.tsx";
import { KeyAbilities } from "@/components/KeyAbilities.tsx";
import { KeyDetails } from "@/components/KeyDetails.tsx";
import { KeyRequests } from "@/components/KeyRequests.tsx";
import { KeyRevokeForm } from "@/components/KeyRevokeForm.tsx";
import { KeyBeingReplaced, KeyReplaces } from "@/components/KeyRotation.tsx";
import { KeyStateBadge } from "@/components/KeyStateBadge.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { type KeyRequestRow, listKeyRequests, requestsInLast24h } from "@/db/key_requests.ts";
import { findManagedKey, type ManagedKeyRow } from "@/db/managed_keys.ts";
import ConfirmDialog from "@/islands/ConfirmDialog.tsx";
import KeyFirstRequest from "@/islands/KeyFirstRequest.tsx";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { requireKey } from "@/lib/admin/require_key.ts";
import { isUsable, keyState } from "@/lib/keys/key_state.ts";
import { listAbilities } from "@/lib/keys/permissions.ts";

interface Data {
  key: ManagedKeyRow;
  /** The key that this one replaces. */
  replaced: ManagedKeyRow | null;
  requests: KeyRequestRow[];
  requestsInLast24h: number;
  now: Date;
}

const SHOWN_REQUESTS = 5;

export const handler = defineAdmin.handlers({
  GET: async (ctx) => {
    const key = await requireKey(ctx);
    const { services: { db: { sql } }, admin: { account } } = ctx.state;
    const accountId = account.id;
    const [replaced, requests, counts] = await Promise.all([
      key.rotated_from === null ? null : findManagedKey(sql, { accountId, id: key.rotated_from }),
      listKeyRequests(sql, { accountId, keyId: key.id, limit: SHOWN_REQUESTS }),
      requestsInLast24h(sql, { accountId }),
    ]);
    const requestCount = counts.get(key.id) ?? 0;
    return page<Data>({
      key,
      replaced,
      requests,
      requestsInLast24h: requestCount,
      now: new Date(),
    });
  },
});

export default defineAdmin.page<typeof handler>(function KeyPage({ data, state }) {
  const { key, replaced, requests, now } = data;
  const { mode } = state.admin;
  const current = keyState(key, now);
  const works = isUsable(current);
  return (
    <>
      <PageHeader
        title={key.name}
        badge={<KeyStateBadge state={current} />}
        back={{ href: adminUrl("/keys", mode), label: "API keys" }}
        actions={
          <>
            {works && <Button href={adminUrl(`/keys/${key.id}/edit`, mode)}>Edit</Button>}
            {works && key.rotated_to === null && (
              <Button href={adminUrl(`/keys/${key.id}/rotate`, mode)}>Rotate</Button>
            )}
            {key.revoked_at === null && (
              <ConfirmDialog
                id="revoke"
                triggerLabel="Revoke"
                triggerVariant="secondary"
                title={`Revoke “${key.name}”?`}
                fallbackHref={adminUrl(`/keys/${key.id}/revoke`, mode)}
              >
                <KeyRevokeForm
                  id={key.id}
                  lastUsedAt={key.last_used_at}
                  lastRequest={requests[0] ?? null}
                  mode={mode}
                />
              </ConfirmDialog>
            )}
          </>
        }
      />
      <div class="space-y-6">
        {current === "rotating" && <KeyBeingReplaced old={key} mode={mode} now={now} />}
        {replaced !== null && keyState(replaced, now) === "rotating" && (
          <KeyReplaces old={replaced} mode={mode} now={now} />
        )}
        {works && key.last_used_at === null && (
          <KeyFirstRequest url={adminUrl(`/keys/${key.id}/first-request`, mode)} />
        )}
        <Card title="Details">
          <KeyDetails
            apiKey={key}
            replaced={replaced}
            requestsInLast24h={data.requestsInLast24h}
            mode={mode}
            now={now}
          />
        </Card>
        <Card title="Permissions">
          <KeyAbilities {...listAbilities(key.scopes)} />
        </Card>
        <KeyRequests keyId={key.id} requests={requests} mode={mode} />
      </div>
    </>
  );
});
