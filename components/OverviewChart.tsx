/** On the overview: what became of the messages of the last day, week or month, by the time they were made. */
import type { VNode } from "preact";
import type { OverviewRange, OverviewStats } from "@/lib/admin/overview_stats.ts";
import type { Bar, BarSeries } from "./bar_chart.ts";
import { Card } from "./Card.tsx";
import { StackedBars } from "./StackedBars.tsx";

/** One hue from strong to faint for how far a message came; red for what failed. */
const SERIES = {
  read: { label: "Read", fill: "fill-accent", swatch: "bg-accent" },
  delivered: { label: "Delivered", fill: "fill-accent/60", swatch: "bg-accent/60" },
  sent: { label: "Sent", fill: "fill-accent/30", swatch: "bg-accent/30" },
  open: { label: "On the way", fill: "fill-control/50", swatch: "bg-control/50" },
  failed: { label: "Failed", fill: "fill-bad", swatch: "bg-bad" },
} as const satisfies Record<string, BarSeries>;

/** How the entries of a range are named, and which of them have a label below the axis. */
const NAMES: Record<OverviewRange, { entry: string; hours: number; labelEvery: number }> = {
  "24h": { entry: "hour", hours: 1, labelEvery: 4 },
  "7d": { entry: "six hours", hours: 6, labelEvery: 8 },
  "30d": { entry: "day", hours: 24, labelEvery: 6 },
};

/** The chart, or a line where there is nothing to draw. */
export function OverviewChart(
  { range, series, totals }: {
    range: OverviewRange;
    series: OverviewStats["series"];
    totals: OverviewStats["totals"];
  },
): VNode {
  const { entry, labelEvery } = NAMES[range];
  // Messages on the way are few and soon gone: they have a place only while there are some.
  const shown = (Object.keys(SERIES) as (keyof typeof SERIES)[])
    .filter((name) => name !== "open" || totals.open > 0);
  const bars: Bar[] = series.map((counts, index) => ({
    label: index % labelEvery === 0 ? labelOf(counts.at, range) : null,
    title: titleOf(counts.at, range),
    values: shown.map((name) => counts[name]),
  }));
  return (
    <Card title="Messages" description={`Per ${entry}, in UTC.`}>
      {totals.messages === 0
        ? (
          <p class="flex h-52 items-center justify-center text-sm text-muted">
            No messages in this time.
          </p>
        )
        : (
          <StackedBars
            caption={`Messages by ${entry}`}
            bars={bars}
            series={shown.map((name) => SERIES[name])}
            isInProgress
          />
        )}
    </Card>
  );
}

function labelOf(at: Date, range: OverviewRange): string {
  return range === "24h" ? clock(at) : day(at);
}

function titleOf(at: Date, range: OverviewRange): string {
  if (range === "30d") return day(at);
  const end = new Date(at.getTime() + NAMES[range].hours * 3_600_000);
  return `${day(at)}, ${clock(at)}–${clock(end)}`;
}

function day(at: Date): string {
  return at.toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
}

function clock(at: Date): string {
  return at.toISOString().slice(11, 16);
}
