/** The figures of a StackedBars chart, for who cannot see the bars or wants to copy numbers. */
import type { VNode } from "preact";
import type { Bar, BarSeries } from "./bar_chart.ts";
import { Table, Td, Tr } from "./Table.tsx";

/** A row for each bar, a column for each part. */
export function ChartTable({ bars, series, caption }: {
  bars: readonly Bar[];
  series: readonly BarSeries[];
  caption: string;
}): VNode {
  const columns = series.map(({ label }) => ({ label, align: "right" as const }));
  return (
    <details class="mt-3">
      <summary class="inline-block rounded-sm text-xs text-muted underline underline-offset-2 hover:text-ink">
        Figures as a table
      </summary>
      <div class="mt-3 rounded-md border border-line">
        <Table caption={caption} columns={["Time", ...columns]}>
          {bars.map(({ title, values }) => (
            <Tr key={title}>
              <Td nowrap>{title}</Td>
              {series.map(({ label }, index) => (
                <Td key={label} label={label} align="right">
                  {(values[index] ?? 0).toLocaleString("en")}
                </Td>
              ))}
            </Tr>
          ))}
        </Table>
      </div>
    </details>
  );
}
