/**
 * The state of a message as a badge: the word the API uses, with the ticks people know from their phones. "unknown"
 * is a send whose outcome nobody knows yet; see docs/sending.md.
 */
import type { VNode } from "preact";
import { Badge, type Tone } from "./Badge.tsx";
import {
  ArrowDownLeftIcon,
  CheckCheckIcon,
  CheckIcon,
  ClockIcon,
  ErrorCircleIcon,
  HelpIcon,
  type Icon,
} from "./icons.ts";

const LOOKS: Record<string, { tone: Tone; label: string; icon: Icon }> = {
  pending: { tone: "neutral", label: "Pending", icon: ClockIcon },
  unknown: { tone: "warn", label: "Unknown", icon: HelpIcon },
  sent: { tone: "neutral", label: "Sent", icon: CheckIcon },
  delivered: { tone: "good", label: "Delivered", icon: CheckCheckIcon },
  read: { tone: "info", label: "Read", icon: CheckCheckIcon },
  failed: { tone: "bad", label: "Failed", icon: ErrorCircleIcon },
  received: { tone: "neutral", label: "Received", icon: ArrowDownLeftIcon },
};

/** A message's status, such as "delivered". A status that is not in the table is shown as it is. */
export function StatusBadge({ status }: { status: string }): VNode {
  const look = LOOKS[status];
  if (look === undefined) return <Badge>{status}</Badge>;
  const StatusIcon = look.icon;
  return <Badge tone={look.tone} icon={<StatusIcon size={13} />}>{look.label}</Badge>;
}
