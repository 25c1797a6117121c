/** The two states of a conversation as badges: the one that people set, and whether WhatsApp's window is open. */
import type { VNode } from "preact";
import { Badge, type Tone } from "./Badge.tsx";

const STATUSES: Readonly<Record<string, { label: string; tone: Tone }>> = {
  pending: { label: "Pending", tone: "warn" },
  closed: { label: "Closed", tone: "neutral" },
};

/** "Pending" or "Closed"; nothing for an open conversation, as almost all are. */
export function ConversationStatusBadge({ status }: { status: string }): VNode | null {
  const look = STATUSES[status];
  return look === undefined ? null : <Badge tone={look.tone}>{look.label}</Badge>;
}

/** Whether a free text may be sent, or only a template. */
export function WindowBadge({ isOpen }: { isOpen: boolean }): VNode {
  return isOpen
    ? <Badge tone="good">Can reply</Badge>
    : <Badge tone="neutral">Template only</Badge>;
}
