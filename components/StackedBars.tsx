/**
 * A chart of stacked bars over time, drawn by the server as SVG: nothing to load, sharp at any size, in the colours of
 * the scheme, and there without a script. Pointing at a bar shows its figures; all of them are in the table that can
 * be opened below, which is what screen readers get.
 */
import type { VNode } from "preact";
import { type Bar, type BarSeries, chartAxis, compactNumber, total } from "./bar_chart.ts";
import { ChartColumn } from "./ChartColumn.tsx";
import { ChartTable } from "./ChartTable.tsx";

/** The chart with its legend, which has the totals, and its table. `caption` says what is counted. */
export function StackedBars({ bars, series, caption, isInProgress }: {
  bars: readonly Bar[];
  series: readonly BarSeries[];
  caption: string;
  /** The last bar's time is not over. */
  isInProgress?: boolean | undefined;
}): VNode {
  const axis = chartAxis(Math.max(...bars.map(({ values }) => total(values)), 0));
  return (
    <div>
      <Legend bars={bars} series={series} />
      <div aria-hidden="true" class="mt-4 flex gap-2 text-xs text-muted tabular-nums">
        <div class="-my-2 flex h-52 w-8 shrink-0 flex-col justify-between text-right">
          {axis.ticks.map((tick) => <span key={tick}>{compactNumber(tick)}</span>)}
        </div>
        <div class="min-w-0 flex-1">
          <div class="relative h-48 border-b border-line">
            {axis.ticks.slice(0, -1).map((tick, index) => (
              <div
                key={tick}
                class={`absolute inset-x-0 h-px bg-line ${["top-0", "top-1/2"][index] ?? ""}`}
              />
            ))}
            <div class="absolute inset-0 flex">
              {bars.map((bar, index) => (
                <ChartColumn
                  key={bar.title}
                  bar={bar}
                  series={series}
                  axis={axis}
                  isLate={index >= bars.length / 2}
                  note={isInProgress === true && index === bars.length - 1 ? " so far" : ""}
                />
              ))}
            </div>
          </div>
          <div class="mt-1.5 flex">
            {bars.map((bar) => (
              <span key={bar.title} class="relative h-4 flex-1">
                {bar.label !== null && (
                  <span class="absolute left-0 whitespace-nowrap">{bar.label}</span>
                )}
              </span>
            ))}
          </div>
        </div>
      </div>
      <ChartTable bars={bars} series={series} caption={caption} />
    </div>
  );
}

function Legend(
  { bars, series }: { bars: readonly Bar[]; series: readonly BarSeries[] },
): VNode {
  return (
    <ul class="flex flex-wrap gap-x-5 gap-y-1 text-sm">
      {series.map(({ label, swatch }, index) => (
        <li key={label} class="flex items-center gap-2">
          <span aria-hidden="true" class={`size-2.5 rounded-xs ${swatch}`} />
          <span class="text-muted">{label}</span>
          <span class="font-medium tabular-nums">
            {total(bars.map(({ values }) => values[index] ?? 0)).toLocaleString("en")}
          </span>
        </li>
      ))}
    </ul>
  );
}
