/** On the overview: the figures of the chosen time. */
import type { VNode } from "preact";
import type { OverviewStats } from "@/lib/admin/overview_stats.ts";
import { Stat, StatRow } from "./Stat.tsx";

/** Messages, how many of them arrived, and how quick and how right the API's answers were. */
export function OverviewFigures({ stats }: { stats: OverviewStats }): VNode {
  const { totals, successRate, latency, requests, errors } = stats;
  return (
    <StatRow>
      <Stat
        label="Messages"
        value={totals.messages.toLocaleString("en")}
        hint={`${totals.failed.toLocaleString("en")} failed`}
      />
      <Stat
        label="Success rate"
        value={successRate === null ? null : percent(successRate)}
        hint="accepted by WhatsApp"
      />
      <Stat
        label="API latency, p50"
        value={latency === null ? null : milliseconds(latency.p50Ms)}
        hint={latency === null ? "no requests" : `p95 ${milliseconds(latency.p95Ms)}`}
      />
      <Stat
        label="API requests"
        value={requests.toLocaleString("en")}
        hint={`${errors.toLocaleString("en")} with an error`}
      />
    </StatRow>
  );
}

/** Rounded down, so that 100% means all of them. */
function percent(share: number): string {
  return `${Math.floor(share * 1_000) / 10}%`;
}

function milliseconds(durationMs: number): string {
  if (durationMs < 10) return `${Math.round(durationMs * 10) / 10} ms`;
  if (durationMs < 1_000) return `${Math.round(durationMs)} ms`;
  return `${(durationMs / 1_000).toFixed(1)} s`;
}
