/**
 * Counters, gauges and histograms, and their text for Prometheus (exposition format 0.0.4). Counting is adding to a plain
 * number that the caller holds on to; everything else is done when somebody scrapes.
 */

/** The media type of the text. */
export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** From a millisecond to half a minute, in seconds: a page, a send, a call to Meta that takes its time. */
export const LATENCY_BUCKETS: readonly number[] = [
  0.001,
  0.0025,
  0.005,
  0.01,
  0.025,
  0.05,
  0.1,
  0.25,
  0.5,
  1,
  2.5,
  5,
  10,
  30,
];

/** Values by the names of the labels. */
export type Labels = Readonly<Record<string, string>>;

/** One value of a metric. */
export interface Sample {
  labels: Labels;
  value: number;
}

/** A metric as it is served; of a histogram, the three kinds of its samples have names of their own. */
export interface Metric {
  name: string;
  help: string;
  type: "counter" | "gauge" | "histogram";
  samples: readonly (Sample & { suffix?: "_bucket" | "_sum" | "_count" })[];
}

/** What was counted for one set of labels. */
export class Count {
  value = 0;

  add(by = 1): void {
    this.value += by;
  }
}

/** Durations of one set of labels. */
export class Durations {
  readonly #buckets: readonly number[];
  /** Of each bucket alone; the last is that of all that took longer. */
  readonly #counts: number[];
  #sumSeconds = 0;

  constructor(buckets: readonly number[] = LATENCY_BUCKETS) {
    this.#buckets = buckets;
    this.#counts = new Array(buckets.length + 1).fill(0);
  }

  /** Takes a duration in milliseconds. */
  observeMs(ms: number): void {
    const seconds = ms / 1000;
    let index = 0;
    while (index < this.#buckets.length && seconds > (this.#buckets[index] ?? Infinity)) index++;
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#sumSeconds += seconds;
  }

  /** As samples: buckets count everything up to their bound. */
  samples(labels: Labels): Metric["samples"] {
    let total = 0;
    const buckets = this.#counts.map((count, index) => {
      total += count;
      const le = index < this.#buckets.length ? String(this.#buckets[index]) : "+Inf";
      return { suffix: "_bucket" as const, labels: { ...labels, le }, value: total };
    });
    return [
      ...buckets,
      { suffix: "_sum", labels, value: this.#sumSeconds },
      { suffix: "_count", labels, value: total },
    ];
  }
}

/** A counter for each of some values of one label, all of them there from the start. */
export function countsFor<const Value extends string>(
  values: readonly Value[],
): Record<Value, Count> {
  return Object.fromEntries(values.map((value) => [value, new Count()])) as Record<Value, Count>;
}

/** The samples of such counters. */
export function samplesOf(
  counts: Readonly<Record<string, Count>>,
  labelsOf: (value: string) => Labels,
): Sample[] {
  return Object.entries(counts).map(([value, count]) => ({
    labels: labelsOf(value),
    value: count.value,
  }));
}

/** A metric with one value and no labels. */
export function single(
  metric: Pick<Metric, "name" | "help" | "type"> & { value: number },
): Metric {
  const { value, ...rest } = metric;
  return { ...rest, samples: [{ labels: {}, value }] };
}

/** The text that Prometheus reads; metrics without samples are left out. */
export function renderMetrics(metrics: readonly Metric[]): string {
  const lines: string[] = [];
  for (const { name, help, type, samples } of metrics) {
    if (samples.length === 0) continue;
    lines.push(`# HELP ${name} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}`);
    lines.push(`# TYPE ${name} ${type}`);
    for (const { suffix = "", labels, value } of samples) {
      lines.push(`${name}${suffix}${renderLabels(labels)} ${renderValue(value)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

function renderLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function renderValue(value: number): string {
  if (value === Infinity) return "+Inf";
  return value === -Infinity ? "-Inf" : String(value);
}
