/** A fuzz run in figures, as lines for a terminal or a document. */
import type { FuzzRun } from "@/tests/fuzz/run.ts";

/** The lines. */
export function summarize(run: Omit<FuzzRun, "problems">): string[] {
  const { tally, rows, durationMs } = run;
  const seconds = durationMs / 1000;
  return [
    `${tally.total} requests in ${seconds.toFixed(1)} s, ${
      Math.round(tally.total / seconds)
    } a second; ${tally.plain} of them proper HTTP`,
    ...section("Requests by endpoint", tally.endpoints),
    ...section("Answers by status", tally.statuses),
    ...section("Errors by code", tally.codes),
    ...section("Rows at the end", rows),
  ];
}

function section(title: string, counts: Map<string, number>): string[] {
  const lines = [...counts].sort(([, a], [, b]) => b - a);
  return [`${title}:`, ...lines.map(([name, count]) => `  ${String(count).padStart(7)}  ${name}`)];
}
