/**
 * A strict reader of Prometheus' text format 0.0.4: whatever Prometheus would refuse, or take for something else, is an
 * error here. Source: Prometheus, "Exposition formats", and the naming rules of its data model.
 */

/** One line with a value. */
export interface ExposedSample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** A metric with its samples. */
export interface ExposedMetric {
  name: string;
  help: string;
  type: "counter" | "gauge" | "histogram";
  samples: ExposedSample[];
}

const NAME = /^[a-z][a-z0-9_]*$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/;
const SUFFIXES = ["_bucket", "_sum", "_count"];

/**
 * Reads a scrape.
 *
 * @throws Error that names the line
 */
export function parseExposition(text: string): Map<string, ExposedMetric> {
  if (!text.endsWith("\n")) throw new Error("The last line has no end");
  const metrics = new Map<string, ExposedMetric>();
  const series = new Set<string>();
  let current: ExposedMetric | null = null;
  let help: [name: string, text: string] | null = null;
  for (const line of text.slice(0, -1).split("\n")) {
    const fail = (reason: string): never => {
      throw new Error(`${reason}: ${line}`);
    };
    const [, helpName, helpText] = /^# HELP (\S+) (.+)$/.exec(line) ?? [];
    if (helpName !== undefined && helpText !== undefined) {
      help = [helpName, helpText];
      continue;
    }
    const [, typeName, type] = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(line) ?? [];
    if (typeName !== undefined) {
      if (help?.[0] !== typeName) fail("A type without its help");
      if (!NAME.test(typeName)) fail("A name that is not like the others");
      if (metrics.has(typeName)) fail("A metric comes twice");
      if (type === "counter" && !typeName.endsWith("_total")) fail("A counter without _total");
      current = {
        name: typeName,
        help: help?.[1] ?? "",
        type: type as ExposedMetric["type"],
        samples: [],
      };
      metrics.set(typeName, current);
      continue;
    }
    const sample = parseSample(line) ?? fail("Not a sample");
    if (current === null || !belongsTo(sample.name, current)) fail("A sample of another metric");
    const key = `${sample.name} ${JSON.stringify(Object.entries(sample.labels).sort())}`;
    if (series.has(key)) fail("A series comes twice");
    series.add(key);
    current?.samples.push(sample);
  }
  for (const metric of metrics.values()) {
    if (metric.samples.length === 0) throw new Error(`${metric.name} has no sample`);
    if (metric.type === "histogram") checkHistogram(metric);
  }
  return metrics;
}

/** The value of one series; null: there is none. */
export function valueOf(
  metrics: Map<string, ExposedMetric>,
  name: string,
  labels: Record<string, string> = {},
): number | null {
  const samples = [...metrics.values()].flatMap((metric) => metric.samples);
  const found = samples.filter((sample) =>
    sample.name === name && sameLabels(sample.labels, labels)
  );
  return found[0]?.value ?? null;
}

function parseSample(line: string): ExposedSample | null {
  const [, name, labelText = "", valueText = ""] = SAMPLE.exec(line) ?? [];
  if (name === undefined) return null;
  const labels: Record<string, string> = {};
  for (let rest = labelText; rest !== "";) {
    const [whole, label = "", value = ""] = LABEL.exec(rest) ?? [];
    if (whole === undefined || label in labels) return null;
    labels[label] = value.replace(
      /\\(.)/g,
      (_, escaped: string) => escaped === "n" ? "\n" : escaped,
    );
    rest = rest.slice(whole.length);
  }
  const value = valueText === "+Inf" ? Infinity : Number(valueText);
  return Number.isNaN(value) ? null : { name, labels, value };
}

function belongsTo(sampleName: string, { name, type }: ExposedMetric): boolean {
  if (type !== "histogram") return sampleName === name;
  return SUFFIXES.some((suffix) => sampleName === `${name}${suffix}`);
}

/** Buckets grow, end at +Inf with the count, and the sum fits them. */
function checkHistogram({ name, samples }: ExposedMetric): void {
  const bySeries = Map.groupBy(
    samples,
    ({ labels: { le: _, ...labels } }) => JSON.stringify(Object.entries(labels).sort()),
  );
  for (const [labels, own] of bySeries) {
    const fail = (reason: string): never => {
      throw new Error(`${name} ${labels}: ${reason}`);
    };
    const buckets = own.filter((sample) => sample.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels: { le = "" } }) => le === "+Inf" ? Infinity : Number(le));
    const [sum, count] = ["_sum", "_count"].map((suffix) =>
      own.find((sample) => sample.name === `${name}${suffix}`)?.value ?? NaN
    );
    for (const [index, { value }] of buckets.entries()) {
      if (index > 0 && !((bounds[index] ?? NaN) > (bounds[index - 1] ?? NaN))) fail("order");
      if (index > 0 && value < (buckets[index - 1]?.value ?? 0)) fail("not cumulative");
    }
    if (bounds.at(-1) !== Infinity || buckets.at(-1)?.value !== count) fail("no bucket of all");
    const least = buckets.reduce(
      (total, { value }, index) =>
        total + (value - (buckets[index - 1]?.value ?? 0)) * (bounds[index - 1] ?? 0),
      0,
    );
    if (!((sum ?? NaN) >= least)) fail(`sum ${sum} below ${least}`);
  }
}

function sameLabels(a: Record<string, string>, b: Record<string, string>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
