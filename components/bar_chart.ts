/**
 * What a chart of stacked bars shows, and the scale it is drawn on: it ends at a round number, and half of that is a
 * whole one too.
 */

/** One part of every bar, from the bottom up. */
export interface BarSeries {
  label: string;
  /** The class that fills it, and the same as a background for the legend. */
  fill: string;
  swatch: string;
}

/** One bar: the values stand in the order of the series. */
export interface Bar {
  /** Below the axis; null leaves the place to the labels beside it, of which about six fit. */
  label: string | null;
  /** As said in the tooltip and in the table. */
  title: string;
  values: readonly number[];
}

/** From the largest tick to zero. */
export interface ChartAxis {
  max: number;
  ticks: readonly [max: number, half: number, zero: 0];
}

const ROUND = [1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10];

/** The smallest scale of round ticks that holds a count; 2 at least, so that there is something to draw on. */
export function chartAxis(largest: number): ChartAxis {
  const magnitude = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, largest))));
  const steps = ROUND.map((step) => Math.round(step * magnitude)).filter((step) => step % 2 === 0);
  const max = steps.find((step) => step >= largest) ?? 10 * magnitude;
  return { max, ticks: [max, max / 2, 0] };
}

/** A count in at most four characters, such as "950", "1.2K", "34K". */
export function compactNumber(count: number): string {
  return new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 }).format(
    count,
  );
}

/** The sum of counts. */
export function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
