/**
 * Every path that no route has, and every id that the account does not have: a page, inside the admin UI for who is
 * signed in, and JSON under /api (where "/api/" itself has no route).
 */
import { page } from "fresh";
import { adminUrl } from "@/components/admin_url.ts";
import { AuthCard } from "@/components/AuthCard.tsx";
import { Button } from "@/components/Button.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import type { AdminState } from "@/lib/admin/admin_state.ts";
import { isApiRequest, refuseUnknownPath } from "@/lib/api/unserved.ts";
import { define, type State } from "@/lib/state.ts";

export const handler = define.handlers((ctx) =>
  isApiRequest(ctx) ? refuseUnknownPath(ctx) : page(undefined, { status: 404 })
);

export default define.page(function NotFoundPage({ state }) {
  const mode = findMode(state);
  if (mode === null) {
    return (
      <AuthCard title="Page not found" description="There is nothing at this address.">
        <Button href="/" variant="primary" class="w-full">Go to the start page</Button>
      </AuthCard>
    );
  }
  const other = mode === "test" ? "live" : "test";
  return (
    <>
      <PageHeader
        title="Page not found"
        description={`There is nothing at this address. What it showed may be gone, or belong to ${other} mode.`}
      />
      <Button href={adminUrl("/", mode)} variant="primary">Go to the overview</Button>
    </>
  );
});

/** The mode of the admin page that was asked for; null for who is not signed in, whom no layout surrounds. */
function findMode(state: State & Partial<AdminState>): AdminState["admin"]["mode"] | null {
  return state.admin?.mode ?? null;
}
