/**
 * The expressions of the Grafana dashboard and of the alerts, and the metrics that they ask for. The files are read as
 * what they are, JSON and YAML: a fault in them is one here.
 */
import { parse } from "yaml";
import { readRepoFile } from "@/tests/helpers/repo_files.ts";

/** A metric and who asks for it. */
export interface AskedMetric {
  metric: string;
  by: string;
}

// deno-lint-ignore no-explicit-any -- the shapes are Grafana's and Prometheus'
type Json = any;

const DASHBOARD = "deploy/grafana/messages-api.json";
const ALERTS = "deploy/prometheus/alerts.yml";
const SCRAPE = "deploy/prometheus/scrape.yml";

// PromQL's words that can stand where a metric can.
const WORDS = new Set(["sum", "min", "max", "by", "rate", "increase", "time", "topk", "le"]);
WORDS.add("histogram_quantile");

/** What the dashboard shows; throws for a panel without an expression. */
export async function listDashboardMetrics(): Promise<AskedMetric[]> {
  const { panels, templating }: Json = JSON.parse(await readRepoFile(DASHBOARD));
  const variables = templating.list
    .filter(({ type }: Json) => type === "query")
    .map(({ query }: Json) => ({ by: query.query, expr: query.query.replace(/^label_values/, "") }))
    .map(({ by, expr }: Json) => ({ by, expr: expr.replace(/, \w+\)$/, ")") }));
  const shown = panels.flatMap(({ title, targets }: Json) =>
    targets.map(({ expr }: Json) => ({ by: title, expr }))
  );
  return [...variables, ...shown].flatMap(askedBy);
}

/** What the alerts look at. */
export async function listRuleMetrics(): Promise<AskedMetric[]> {
  return (await readAlerts()).flatMap(({ alert, expr }) => askedBy({ by: alert, expr }));
}

/** The alerts. */
export async function readAlerts(): Promise<
  { alert: string; expr: string; labels: Record<string, string>; annotations: Json }[]
> {
  const { groups }: Json = parse(await readRepoFile(ALERTS), { strict: true });
  return groups.flatMap(({ rules }: Json) => rules);
}

/** The scrape configuration. */
export async function readScrape(): Promise<Json> {
  return parse(await readRepoFile(SCRAPE), { strict: true });
}

/** The panels of the dashboard. */
export async function readPanels(): Promise<Json[]> {
  return JSON.parse(await readRepoFile(DASHBOARD)).panels;
}

/** Metric names are what is left of an expression without its selectors, groupings, windows and functions. */
function askedBy({ by, expr }: { by: string; expr: string }): AskedMetric[] {
  if (typeof expr !== "string" || expr === "") throw new Error(`${by} has no expression`);
  const bare = expr.replace(/"[^"]*"/g, "").replace(/\{[^}]*\}/g, "").replace(/\[[^\]]*\]/g, "")
    .replace(/\bby\s*\([^)]*\)/g, "");
  const metrics = [...bare.matchAll(/[a-z_][a-z0-9_]*/g)].map(([word]) => word)
    .filter((word) => !WORDS.has(word));
  if (metrics.length === 0) throw new Error(`${by} asks for no metric: ${expr}`);
  return metrics.map((metric) => ({ metric, by }));
}
