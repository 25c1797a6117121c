/** The ids of a message, each to be copied, and where it came from: key or person, request, contact. */
import type { VNode } from "preact";
import type { MessageOrigin } from "@/db/message_origin.ts";
import type { MessageRow } from "@/db/messages.ts";
import type { Mode } from "@/lib/keys/key_format.ts";
import { adminUrl } from "./admin_url.ts";
import { Card } from "./Card.tsx";
import { CopyBox } from "./CopyBox.tsx";
import { DescriptionList } from "./DescriptionList.tsx";
import { messageKind } from "./message_kinds.ts";

interface Props {
  message: MessageRow;
  origin: MessageOrigin;
  mode: Mode;
}

/** Two cards for the side of a message's page. */
export function MessageFacts({ message, origin, mode }: Props): VNode {
  const conversation = adminUrl(`/conversations/${message.conversation_id}`, mode);
  return (
    <>
      <Card title="Details">
        <DescriptionList
          items={[
            ["Type", messageKind(message.type).label],
            ...(message.direction === "inbound" ? [["From", message.sender] as const] : []),
            ["To", message.recipient],
            [
              "Contact",
              origin.is_erased ? "Erased" : (
                <a key="contact" href={conversation} class="underline">
                  {origin.contact_name ?? "Show the conversation"}
                </a>
              ),
            ],
            ["Sent by", <Sender key="sender" message={message} origin={origin} mode={mode} />],
          ]}
        />
      </Card>
      <Card title="Ids">
        <div class="space-y-4">
          <CopyBox label="Message id" value={message.id} />
          {message.wamid !== null && <CopyBox label="WhatsApp message id" value={message.wamid} />}
          <CopyBox label="Conversation id" value={message.conversation_id} />
          {origin.idempotency_key !== null && (
            <CopyBox label="Idempotency key" value={origin.idempotency_key} />
          )}
          {origin.request_id !== null && (
            <div>
              <CopyBox label="Request id" value={origin.request_id} />
              <a
                href={adminUrl("/requests", mode, { request_id: origin.request_id })}
                class="mt-1.5 inline-block text-xs underline"
              >
                Show the request
              </a>
            </div>
          )}
        </div>
      </Card>
    </>
  );
}

function Sender({ message, origin, mode }: Props): VNode {
  if (message.direction === "inbound") return <span>The contact</span>;
  if (origin.api_key_id === null) return <span>A person, in these pages</span>;
  return (
    <a href={adminUrl(`/keys/${origin.api_key_id}`, mode)} class="underline">
      {origin.api_key_name ?? "An API key"}
      {origin.api_key_prefix !== null && (
        <span class="block font-mono text-xs text-muted">{origin.api_key_prefix}…</span>
      )}
    </a>
  );
}
