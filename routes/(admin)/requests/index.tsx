/** `GET /requests`: the request log of the last 30 days. Filters and place are in the address. */
import { page } from "fresh";
import { adminUrl } from "@/components/admin_url.ts";
import { Button } from "@/components/Button.tsx";
import { Card } from "@/components/Card.tsx";
import { EmptyState } from "@/components/EmptyState.tsx";
import { ActivityIcon, SearchIcon } from "@/components/icons.ts";
import { PageHeader } from "@/components/PageHeader.tsx";
import { Pagination } from "@/components/Pagination.tsx";
import { RequestFilters } from "@/components/RequestFilters.tsx";
import { RequestTable } from "@/components/RequestTable.tsx";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { findRequestLog, type RequestLogView } from "@/lib/admin/request_log.ts";
import { ERRORS } from "@/lib/api/errors.ts";
import type { Mode } from "@/lib/keys/key_format.ts";

export const handler = defineAdmin.handlers({
  async GET(ctx) {
    const { services, admin } = ctx.state;
    const view = await findRequestLog(services.db.sql, {
      accountId: admin.account.id,
      params: ctx.url.searchParams,
    });
    return page(view, { status: Object.keys(view.errors).length > 0 ? 400 : 200 });
  },
});

export default defineAdmin.page<typeof handler>(function RequestsPage({ data: view, state }) {
  const { mode } = state.admin;
  const at = (query: Record<string, string | null>) =>
    adminUrl("/requests", mode, { ...view.values, ...query });
  return (
    <>
      <PageHeader
        title="Requests"
        description="Every API request of the last 30 days and how it was answered. Texts and full numbers are not kept here."
      />
      <RequestFilters mode={mode} view={view} errorCodes={Object.keys(ERRORS)} />
      <Card padded={false}>
        {view.rows.length > 0
          ? <RequestTable mode={mode} rows={view.rows} />
          : <NoRequests view={view} mode={mode} />}
      </Card>
      <Pagination
        firstHref={view.isNewest ? undefined : at({})}
        previousHref={view.newer === null ? undefined : at({ after: view.newer })}
        nextHref={view.older === null ? undefined : at({ before: view.older })}
      />
    </>
  );
});

function NoRequests({ view, mode }: { view: RequestLogView; mode: Mode }) {
  if (view.isLogEmpty) {
    return (
      <EmptyState
        icon={<ActivityIcon />}
        title="No requests yet"
        text="Make an API key and call the API with it: every request shows here within a second or two, with the error if there was one."
        action={
          <>
            <Button variant="primary" href={adminUrl("/keys/new", mode)}>Create an API key</Button>
            <Button href={adminUrl("/playground", mode)}>Open the playground</Button>
          </>
        }
      />
    );
  }
  const isWrong = Object.keys(view.errors).length > 0;
  return (
    <EmptyState
      icon={<SearchIcon />}
      title={isWrong ? "Nothing was searched for" : "No request matches"}
      text={isWrong
        ? "One of the filters above cannot be understood."
        : "No request of the last 30 days has all of what the filters ask for."}
      action={<Button href={adminUrl("/requests", mode)}>Clear the filters</Button>}
    />
  );
}
