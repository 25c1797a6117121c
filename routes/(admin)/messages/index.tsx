/** `GET /messages`: the message log. Filters and place are in the address; new messages appear by themselves. */
import { page } from "fresh";
import { adminUrl } from "@/components/admin_url.ts";
import { Alert } from "@/components/Alert.tsx";
import { Button } from "@/components/Button.tsx";
import { Card } from "@/components/Card.tsx";
import { EmptyState } from "@/components/EmptyState.tsx";
import { MessageIcon, PlayIcon, SearchIcon } from "@/components/icons.ts";
import { MessageFilters } from "@/components/MessageFilters.tsx";
import { MessageTable } from "@/components/MessageTable.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { Pagination } from "@/components/Pagination.tsx";
import { Time } from "@/components/Time.tsx";
import LiveUpdates from "@/islands/LiveUpdates.tsx";
import MessageLive from "@/islands/MessageLive.tsx";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { findMessageLog, type MessageLogView } from "@/lib/admin/message_log.ts";
import type { Mode } from "@/lib/keys/key_format.ts";

export const handler = defineAdmin.handlers({
  async GET(ctx) {
    const { services, admin } = ctx.state;
    const view = await findMessageLog(services.db.sql, {
      accountId: admin.account.id,
      params: ctx.url.searchParams,
    });
    return page(view, { status: Object.keys(view.errors).length > 0 ? 400 : 200 });
  },
});

export default defineAdmin.page<typeof handler>(function MessagesPage({ data: view, state }) {
  const { mode } = state.admin;
  const at = (query: Record<string, string | null>) =>
    adminUrl("/messages", mode, { ...view.values, ...query });
  return (
    <>
      <PageHeader
        title="Messages"
        description="Everything that was sent and received, the newest first."
        actions={
          <Button href={adminUrl("/playground", mode)} icon={<PlayIcon />}>Send a message</Button>
        }
      />
      <MessageFilters mode={mode} values={view.values} errors={view.errors} />
      <MessageLive
        madeAtMs={Date.now()}
        isNewest={view.isNewest}
        newestHref={view.isFiltered ? null : at({})}
      />
      <LiveUpdates mode={mode} />
      <div data-live="log">
        {view.searchedTo !== null && (
          <div class="mb-4">
            <Alert tone="info">
              The search has looked at 10,000 messages of this number, back to{" "}
              <Time at={view.searchedTo} format="datetime" />. Press{" "}
              {view.older !== null ? "“Older”" : "“Newer”"} to go on.
            </Alert>
          </div>
        )}
        <Card padded={false}>
          {view.rows.length > 0
            ? <MessageTable mode={mode} rows={view.rows} />
            : <NoMessages view={view} mode={mode} />}
        </Card>
        <Pagination
          firstHref={view.isNewest ? undefined : at({})}
          previousHref={view.newer === null ? undefined : at({ after: view.newer })}
          nextHref={view.older === null ? undefined : at({ before: view.older })}
        />
      </div>
    </>
  );
});

function NoMessages({ view, mode }: { view: MessageLogView; mode: Mode }) {
  if (view.isLogEmpty) {
    return (
      <EmptyState
        icon={<MessageIcon />}
        title="No messages yet"
        text="Send the first one from the playground, or make an API key and send it from your own code. It appears here at once."
        action={
          <>
            <Button variant="primary" href={adminUrl("/playground", mode)}>
              Open the playground
            </Button>
            <Button href={adminUrl("/keys", mode)}>API keys</Button>
          </>
        }
      />
    );
  }
  return (
    <EmptyState
      icon={<SearchIcon />}
      title={Object.keys(view.errors).length > 0
        ? "Nothing was searched for"
        : "No message matches"}
      text={Object.keys(view.errors).length > 0
        ? "One of the filters above cannot be understood."
        : "No message has all of what the filters ask for."}
      action={<Button href={adminUrl("/messages", mode)}>Clear the filters</Button>}
    />
  );
}
