/**
 * A point in time. The server writes it in words or in UTC; in the browser the island RelativeTime, which the layout
 * holds, keeps the words true and turns UTC into the reader's own time zone.
 */
import type { VNode } from "preact";
import { formatTime, relativeTime } from "./relative_time.ts";

/** How a time is written: "5 minutes ago", "22 Nov 2026", with minutes, or with seconds and zone. */
export type TimeFormat = "relative" | "date" | "datetime" | "exact";

/** A `<time>` whose title is the exact UTC time. */
export function Time({ at, format = "relative" }: {
  /** A Date or an ISO 8601 text. */
  at: Date | string;
  format?: TimeFormat | undefined;
}): VNode {
  const date = typeof at === "string" ? new Date(at) : at;
  const text = format === "relative"
    ? relativeTime(date, new Date())
    : formatTime(date, { kind: format });
  return (
    <time
      dateTime={date.toISOString()}
      title={formatTime(date, { kind: "exact" })}
      data-time={format}
      class="whitespace-nowrap"
    >
      {text}
    </time>
  );
}
