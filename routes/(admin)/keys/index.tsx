/** `/keys`: the API keys of the account and mode; those that have ended under `?show=revoked`. */
import { page } from "fresh";
import { adminUrl } from "@/components/admin_url.ts";
import { Button } from "@/components/Button.tsx";
import { Card } from "@/components/Card.tsx";
import { EmptyState } from "@/components/EmptyState.tsx";
import { KeyIcon, PlusIcon } from "@/components/icons.ts";
import { type KeyLine, KeyTable } from "@/components/KeyTable.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { Tabs } from "@/components/Tabs.tsx";
import { requestsInLast24h } from "@/db/key_requests.ts";
import { countManagedKeys, LISTED_KEYS, listManagedKeys } from "@/db/managed_keys.ts";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { keyState } from "@/lib/keys/key_state.ts";
import { summarizeScopes } from "@/lib/keys/permissions.ts";

interface Data {
  lines: KeyLine[];
  counts: { current: number; ended: number };
  isHistory: boolean;
  now: Date;
}

export const handler = defineAdmin.handlers({
  GET: async (ctx) => {
    const { services: { db: { sql } }, admin: { account } } = ctx.state;
    const isHistory = ctx.url.searchParams.get("show") === "revoked";
    const accountId = account.id;
    const [keys, counts, requests] = await Promise.all([
      listManagedKeys(sql, { accountId, ended: isHistory }),
      countManagedKeys(sql, accountId),
      requestsInLast24h(sql, { accountId }),
    ]);
    const now = new Date();
    const lines = keys.map((key): KeyLine => ({
      id: key.id,
      name: key.name,
      prefix: key.prefix,
      permissions: summarizeScopes(key.scopes),
      createdAt: key.created_at,
      createdBy: key.created_by_email,
      lastUsedAt: key.last_used_at,
      requestsInLast24h: requests.get(key.id) ?? 0,
      expiresAt: key.expires_at,
      revokedAt: key.revoked_at,
      state: keyState(key, now),
    }));
    return page<Data>({ lines, counts, isHistory, now });
  },
});

export default defineAdmin.page<typeof handler>(function KeysPage({ data, state }) {
  const { lines, counts, isHistory, now } = data;
  const { mode } = state.admin;
  const hasKeys = counts.current + counts.ended > 0;
  const createButton = (
    <Button variant="primary" href={adminUrl("/keys/new", mode)} icon={<PlusIcon />}>
      {mode === "test" ? "Create test key" : "Create API key"}
    </Button>
  );
  return (
    <>
      <PageHeader
        title="API keys"
        description={mode === "test"
          ? "Keys of test mode: what they send stays in the sandbox."
          : "Programs prove with a key that they may use the API."}
        actions={hasKeys ? createButton : undefined}
      />
      {counts.ended > 0 && (
        <Tabs
          label="Which keys"
          tabs={[
            {
              href: adminUrl("/keys", mode),
              label: "Keys",
              count: counts.current,
              isCurrent: !isHistory,
            },
            {
              href: adminUrl("/keys", mode, { show: "revoked" }),
              label: "Revoked",
              count: counts.ended,
              isCurrent: isHistory,
            },
          ]}
        />
      )}
      <Card padded={false}>
        {lines.length > 0
          ? <KeyTable lines={lines} isHistory={isHistory} mode={mode} now={now} />
          : (
            <EmptyState
              icon={<KeyIcon size={20} />}
              title={isHistory
                ? "No revoked keys"
                : hasKeys
                ? "No keys in use"
                : "Create your first key"}
              text={isHistory
                ? "A key that you revoke stays here as history."
                : "A program needs a key to send messages. It takes a minute: name it, choose what it may do, copy it."}
              action={isHistory || hasKeys ? undefined : createButton}
            />
          )}
      </Card>
      {lines.length === LISTED_KEYS && (
        <p class="mt-3 text-sm text-muted">The {LISTED_KEYS} newest keys are shown.</p>
      )}
    </>
  );
});
