/** The ticks at a message that was sent, with their meaning for those who cannot see or do not know them. */
import type { VNode } from "preact";
import {
  CheckCheckIcon,
  CheckIcon,
  ClockIcon,
  ErrorCircleIcon,
  HelpIcon,
  type Icon,
} from "./icons.ts";

const TICKS: Readonly<Record<string, { icon: Icon; name: string; colour: string }>> = {
  pending: { icon: ClockIcon, name: "Pending", colour: "text-muted" },
  unknown: { icon: HelpIcon, name: "Outcome unknown", colour: "text-warn" },
  sent: { icon: CheckIcon, name: "Sent", colour: "text-muted" },
  delivered: { icon: CheckCheckIcon, name: "Delivered", colour: "text-muted" },
  read: { icon: CheckCheckIcon, name: "Read", colour: "text-info" },
  failed: { icon: ErrorCircleIcon, name: "Failed", colour: "text-bad" },
};

/** A clock, one tick, two, or two in blue. */
export function ThreadTicks({ status }: { status: string }): VNode | null {
  const look = TICKS[status];
  if (look === undefined) return null;
  const { icon: TickIcon, name, colour } = look;
  return (
    <span class={`inline-flex ${colour}`} title={name}>
      <TickIcon size={14} />
      <span class="sr-only">{name}</span>
    </span>
  );
}
