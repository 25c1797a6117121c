/** `GET /messages/{id}`: one message with its history, its error in plain words, and where it came from. */
import { HttpError, page } from "fresh";
import { adminUrl } from "@/components/admin_url.ts";
import { Alert } from "@/components/Alert.tsx";
import { Button } from "@/components/Button.tsx";
import { Card } from "@/components/Card.tsx";
import { CodeBlock } from "@/components/CodeBlock.tsx";
import { ChatIcon } from "@/components/icons.ts";
import { toTimeline } from "@/components/message_events.ts";
import { MessageContent } from "@/components/MessageContent.tsx";
import { MessageFacts } from "@/components/MessageFacts.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { StatusBadge } from "@/components/StatusBadge.tsx";
import { ThreadQuote } from "@/components/ThreadQuote.tsx";
import { Timeline } from "@/components/Timeline.tsx";
import LiveUpdates from "@/islands/LiveUpdates.tsx";
import MessageLive from "@/islands/MessageLive.tsx";
import { defineAdmin } from "@/lib/admin/admin_state.ts";
import { findMessageDetails } from "@/lib/admin/message_details.ts";
import { messageToJson } from "@/lib/messages/message_json.ts";

export const handler = defineAdmin.handlers({
  async GET(ctx) {
    const { services, admin } = ctx.state;
    const details = await findMessageDetails(services.db.sql, {
      accountId: admin.account.id,
      messageId: ctx.params.id ?? "",
    });
    if (details === null) throw new HttpError(404);
    return page(details);
  },
});

export default defineAdmin.page<typeof handler>(function MessagePage({ data, state }) {
  const { mode } = state.admin;
  const { message, origin, quoted, warnings } = data;
  const isInbound = message.direction === "inbound";
  return (
    <>
      <div data-live="head">
        <PageHeader
          title={origin.is_erased
            ? "An erased person’s message"
            : isInbound
            ? `From ${message.sender ?? "unknown"}`
            : `To ${message.recipient}`}
          badge={<StatusBadge status={message.status} />}
          back={{ href: adminUrl("/messages", mode), label: "Messages" }}
          actions={origin.is_erased ? undefined : (
            <Button
              href={adminUrl(`/conversations/${message.conversation_id}`, mode)}
              icon={<ChatIcon />}
            >
              Conversation
            </Button>
          )}
        />
      </div>
      <MessageLive madeAtMs={Date.now()} messageId={message.id} isNewest newestHref={null} />
      <LiveUpdates mode={mode} />
      <div class="grid items-start gap-6 lg:grid-cols-3 lg:grid-rows-[auto_1fr]">
        <div class="min-w-0 space-y-6 lg:col-span-2">
          <div data-live="error" class="empty:hidden">
            {message.error !== null && (
              <MessageProblem error={message.error} status={message.status} />
            )}
          </div>
          {warnings.length > 0 && (
            <Alert tone="warn" title="Warned of when it was sent">
              {warnings.map((warning) => <p key={warning}>{warning}</p>)}
            </Alert>
          )}
          <Card title={isInbound ? "What was written" : "What was sent"}>
            {quoted !== null && <ThreadQuote quoted={quoted} mode={mode} />}
            <MessageContent message={message} mode={mode} />
          </Card>
        </div>
        <div class="min-w-0 space-y-6 lg:row-span-2">
          <Card title="What happened">
            <div data-live="timeline">
              <Timeline items={toTimeline(data.events)} />
            </div>
          </Card>
          <MessageFacts message={message} origin={origin} mode={mode} />
        </div>
        <div class="min-w-0 lg:col-span-2">
          <Card title="The message in the API" description={`GET /api/v1/messages/${message.id}`}>
            <div data-live="json">
              <CodeBlock
                language="JSON"
                copy={false}
                code={JSON.stringify({ data: messageToJson(message) }, null, 2)}
              />
            </div>
          </Card>
        </div>
      </div>
    </>
  );
});

function MessageProblem({ error, status }: {
  error: { code: number | null; title: string | null; message: string; hint: string };
  status: string;
}) {
  const title = [error.code, error.title].filter((part) => part !== null).join(": ");
  return (
    <Alert
      tone={status === "failed" ? "bad" : "warn"}
      title={title === "" ? "It was not sent" : title}
    >
      <p>{error.message}</p>
      <p class="mt-2">
        <span class="font-medium">What to do:</span> {error.hint}
      </p>
    </Alert>
  );
}
