/** `GET /conversations`: the conversations of an account, those with the latest message first. */
import { page } from "fresh";
import { adminUrl } from "@/components/admin_url.ts";
import { Alert } from "@/components/Alert.tsx";
import { Button } from "@/components/Button.tsx";
import { Card } from "@/components/Card.tsx";
import { ConversationList } from "@/components/ConversationList.tsx";
import { EmptyState } from "@/components/EmptyState.tsx";
import { ChatIcon } from "@/components/icons.ts";
import { PageHeader } from "@/components/PageHeader.tsx";
import { Pagination } from "@/components/Pagination.tsx";
import { Tabs } from "@/components/Tabs.tsx";
import { Time } from "@/components/Time.tsx";
import LiveUpdates from "@/islands/LiveUpdates.tsx";
import MessageLive from "@/islands/MessageLive.tsx";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { findInbox, INBOX_CHOICES, type InboxChoice } from "@/lib/admin/conversation_inbox.ts";
import type { Mode } from "@/lib/keys/key_format.ts";

export const handler = defineAdmin.handlers({
  async GET(ctx) {
    const { services, admin } = ctx.state;
    return page(
      await findInbox(services.db.sql, {
        accountId: admin.account.id,
        params: ctx.url.searchParams,
      }),
    );
  },
});

const LABELS: Record<InboxChoice, string> = {
  all: "All",
  unread: "Unread",
  open: "Open",
  pending: "Pending",
  closed: "Closed",
};

export default defineAdmin.page<typeof handler>(function ConversationsPage({ data: view, state }) {
  const { mode } = state.admin;
  const at = (choice: InboxChoice, before: string | null = null) =>
    adminUrl("/conversations", mode, { show: choice === "all" ? null : choice, before });
  return (
    <>
      <PageHeader
        title="Conversations"
        description="Everyone who wrote or was written to, the latest first."
      />
      <Tabs
        label="Which conversations"
        tabs={INBOX_CHOICES.map((choice) => ({
          href: at(choice),
          label: LABELS[choice],
          isCurrent: choice === view.choice,
        }))}
      />
      <MessageLive
        madeAtMs={Date.now()}
        isNewest={view.isNewest}
        newestHref={view.choice === "all" ? at("all") : null}
      />
      <LiveUpdates mode={mode} />
      <div data-live="inbox">
        {view.searchedTo !== null && (
          <div class="mb-4">
            <Alert tone="info">
              The search has looked at 10,000 messages, back to{" "}
              <Time at={view.searchedTo} format="datetime" />. Press “Older” to go on.
            </Alert>
          </div>
        )}
        <Card padded={false}>
          {view.rows.length > 0
            ? <ConversationList mode={mode} rows={view.rows} />
            : <NoConversations choice={view.choice} isNewest={view.isNewest} mode={mode} />}
        </Card>
        <Pagination
          firstHref={view.isNewest ? undefined : at(view.choice)}
          nextHref={view.older === null ? undefined : at(view.choice, view.older)}
        />
      </div>
    </>
  );
});

const NOTHING: Record<Exclude<InboxChoice, "all">, string> = {
  unread: "Nothing is unread",
  open: "No conversation is open",
  pending: "No conversation is pending",
  closed: "No conversation is closed",
};

function NoConversations(
  { choice, isNewest, mode }: { choice: InboxChoice; isNewest: boolean; mode: Mode },
) {
  if (choice !== "all" || !isNewest) {
    return (
      <EmptyState
        icon={<ChatIcon />}
        title={choice === "all" ? "No further conversations" : NOTHING[choice]}
        text="Choose another view above to see the others."
        action={<Button href={adminUrl("/conversations", mode)}>Show all</Button>}
      />
    );
  }
  return (
    <EmptyState
      icon={<ChatIcon />}
      title="No conversations yet"
      text="A conversation begins when you send somebody a message, or when somebody writes to your number."
      action={
        <Button variant="primary" href={adminUrl("/playground", mode)}>Open the playground</Button>
      }
    />
  );
}
