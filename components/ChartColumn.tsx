/** One bar of a StackedBars chart. Only seen: what it shows is in the chart's table too. */
import type { VNode } from "preact";
import { type Bar, type BarSeries, type ChartAxis, total } from "./bar_chart.ts";

/** The parts of a bar from the bottom up; its figures appear while it is pointed at. */
export function ChartColumn({ bar, series, axis, isLate, note }: {
  bar: Bar;
  series: readonly BarSeries[];
  axis: ChartAxis;
  /** In the right half of the chart: the figures stand at its left. */
  isLate: boolean;
  /** After the bar's title. */
  note: string;
}): VNode {
  let top = axis.max;
  return (
    <div class="group relative h-full flex-1 hover:bg-raised">
      <svg viewBox={`0 0 10 ${axis.max}`} preserveAspectRatio="none" class="size-full">
        {/* Faint parts let the lines of the scale through without it. */}
        <rect
          x="1.5"
          width="7"
          y={axis.max - total(bar.values)}
          height={total(bar.values)}
          class="fill-surface"
        />
        {series.map(({ label, fill }, index) => {
          const height = bar.values[index] ?? 0;
          top -= height;
          return height === 0
            ? null
            : <rect key={label} x="1.5" width="7" y={top} height={height} class={fill} />;
        })}
      </svg>
      <div
        class={`pointer-events-none absolute top-1 z-10 hidden w-44 rounded-md border border-line bg-surface p-2.5 text-ink shadow-float group-hover:block ${
          isLate ? "right-full mr-1" : "left-full ml-1"
        }`}
      >
        <p class="mb-1 font-medium">{bar.title}{note}</p>
        {series.map(({ label, swatch }, index) => (
          <p key={label} class="flex items-center gap-2 py-px">
            <span class={`size-2 rounded-xs ${swatch}`} />
            <span class="flex-1 text-muted">{label}</span>
            {(bar.values[index] ?? 0).toLocaleString("en")}
          </p>
        ))}
      </div>
    </div>
  );
}
