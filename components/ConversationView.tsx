/** The page of a conversation: who it is with, the messages, and what can be said and done. */
import type { VNode } from "preact";
import type { ConversationRow } from "@/db/conversations.ts";
import type { ConversationPageData } from "@/lib/admin/conversation_page.ts";
import type { Mode } from "@/lib/keys/key_format.ts";
import LiveUpdates from "@/islands/LiveUpdates.tsx";
import MessageLive from "@/islands/MessageLive.tsx";
import { adminUrl } from "./admin_url.ts";
import { Badge } from "./Badge.tsx";
import { Button } from "./Button.tsx";
import { Card } from "./Card.tsx";
import { ConversationActions } from "./ConversationActions.tsx";
import { ConversationStatusBadge, WindowBadge } from "./ConversationBadges.tsx";
import { CopyBox } from "./CopyBox.tsx";
import { DescriptionList } from "./DescriptionList.tsx";
import { TrashIcon } from "./icons.ts";
import { PageHeader } from "./PageHeader.tsx";
import { ThreadMessages } from "./ThreadMessages.tsx";
import { SimulateReply, ThreadReply } from "./ThreadReply.tsx";
import { Time } from "./Time.tsx";

/** The whole page below its frame. */
export function ConversationView(
  { data, mode }: { data: ConversationPageData; mode: Mode },
): VNode {
  const { conversation, thread } = data;
  const path = adminUrl(`/conversations/${conversation.id}`, mode);
  return (
    <>
      <div data-live="head">
        <Head conversation={conversation} mode={mode} />
      </div>
      <MessageLive
        madeAtMs={Date.now()}
        conversationId={conversation.id}
        isNewest={thread.isNewest}
        newestHref={path}
      />
      <LiveUpdates mode={mode} />
      <div class="grid items-start gap-6 lg:grid-cols-3">
        <div class="min-w-0 space-y-6 lg:col-span-2">
          <section class="min-w-0 rounded-lg border border-line bg-surface shadow-card">
            <h2 class="sr-only">Messages</h2>
            <div data-live="thread">
              <ThreadMessages conversationId={conversation.id} view={thread} mode={mode} />
            </div>
            <div
              data-live="reply"
              data-live-state={conversation.window_open ? "open" : "closed"}
              class="border-t border-line p-4 sm:px-5"
            >
              <ThreadReply conversation={conversation} mode={mode} form={data.reply} />
            </div>
          </section>
          {mode === "test" && (
            <Card>
              <SimulateReply conversationId={conversation.id} {...data.simulated} />
            </Card>
          )}
        </div>
        <Contact conversation={conversation} mode={mode} />
      </div>
    </>
  );
}

function Head({ conversation, mode }: { conversation: ConversationRow; mode: Mode }): VNode {
  const { contact } = conversation;
  const name = contact.name ?? contact.phone ?? contact.username ?? contact.bsuid ??
    "Unknown person";
  return (
    <PageHeader
      title={name}
      description={contact.phone === name ? undefined : contact.phone}
      back={{ href: adminUrl("/conversations", mode), label: "Conversations" }}
      badge={
        <>
          {conversation.unread_count > 0 && (
            <Badge tone="info">{conversation.unread_count} unread</Badge>
          )}
          <ConversationStatusBadge status={conversation.status} />
          <WindowBadge isOpen={conversation.window_open} />
        </>
      }
      actions={<ConversationActions conversation={conversation} mode={mode} />}
    />
  );
}

function Contact({ conversation, mode }: { conversation: ConversationRow; mode: Mode }): VNode {
  const { contact } = conversation;
  return (
    <div class="min-w-0 space-y-6">
      <Card
        title="Contact"
        footer={
          <Button
            size="sm"
            variant="ghost"
            href={adminUrl(`/conversations/${conversation.id}/erase`, mode)}
            icon={<TrashIcon size={14} />}
          >
            Erase this person’s data…
          </Button>
        }
      >
        <DescriptionList
          items={[
            ["Name", contact.name] as const,
            ["Phone", contact.phone] as const,
            ...known("Username", contact.username),
            ...known("WhatsApp user id", contact.bsuid),
            ...known("E-mail", contact.email),
            ...known("Company", contact.company),
            ["Since", <Time key="since" at={contact.created_at} format="date" />] as const,
          ]}
        />
      </Card>
      <Card title="Ids">
        <div class="space-y-4">
          <CopyBox label="Conversation id" value={conversation.id} />
          <CopyBox label="Contact id" value={contact.id} />
        </div>
      </Card>
    </div>
  );
}

/** A line of details that most contacts do not have. */
function known(label: string, value: string | null): (readonly [string, string])[] {
  return value === null ? [] : [[label, value]];
}
