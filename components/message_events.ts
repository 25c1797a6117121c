/** What happened to a message, in words for its timeline. */
import type { MessageEvent } from "@/lib/admin/message_details.ts";
import type { TimelineItem } from "./Timeline.tsx";

const WORDS: Record<MessageEvent["kind"], Omit<TimelineItem, "at">> = {
  created: { title: "Accepted", text: "Stored and on its way to Meta", tone: "neutral" },
  received: { title: "Received", text: "Written by the person", tone: "info" },
  sent: { title: "Sent", text: "Meta has taken it", tone: "neutral" },
  delivered: { title: "Delivered", text: "It is on the person's phone", tone: "good" },
  read: { title: "Read", text: "The person has seen it", tone: "info" },
  failed: { title: "Failed", tone: "bad" },
  edited: { title: "Edited by its sender", tone: "neutral" },
  revoked: { title: "Deleted by its sender", tone: "warn" },
  waiting: { title: "Waiting for Meta…", text: "Its status appears here by itself" },
};

/** Events as items of a `Timeline`. */
export function toTimeline(events: readonly MessageEvent[]): TimelineItem[] {
  return events.map(({ at, kind }) => ({ at, ...WORDS[kind] }));
}
