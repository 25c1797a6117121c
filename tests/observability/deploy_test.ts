/** The files for Grafana and Prometheus are whole; that their metrics exist is shown by metrics_test.ts. */
import { assert, assertEquals } from "@std/assert";
import { readAlerts, readPanels, readScrape } from "./deployed_expressions.ts";

Deno.test("the dashboard's panels have titles and ids of their own, and do not cover each other", async () => {
  const panels = await readPanels();
  assert(panels.length >= 10);
  assertEquals(new Set(panels.map(({ id }) => id)).size, panels.length);
  assertEquals(new Set(panels.map(({ title }) => title)).size, panels.length);
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, index) => `${x + index % w} ${y + Math.floor(index / w)}`)
  );
  assertEquals(new Set(cells).size, cells.length);
  assert(panels.every(({ gridPos: { x, w } }) => x + w <= 24));
});

Deno.test("every expression of the dashboard keeps to the chosen job and instances", async () => {
  for (const { title, targets } of await readPanels()) {
    for (const { expr } of targets) {
      const selectors = expr.match(/\{[^}]*\}/g) ?? [];
      assert(selectors.length > 0, `${title}: ${expr}`);
      for (const selector of selectors) {
        assert(selector.includes('job="$job"'), `${title}: ${expr}`);
        assert(selector.includes('instance=~"$instance"'), `${title}: ${expr}`);
      }
    }
  }
});

Deno.test("every alert has a name of its own, a severity and a summary", async () => {
  const alerts = await readAlerts();
  assert(alerts.length >= 8);
  assertEquals(new Set(alerts.map(({ alert }) => alert)).size, alerts.length);
  for (const { alert, labels, annotations } of alerts) {
    assert(["critical", "warning"].includes(labels.severity ?? ""), alert);
    assert(annotations.summary.length > 10, alert);
  }
});

Deno.test("Prometheus scrapes /metrics with a token from a file, and reads the alerts", async () => {
  const { rule_files: rules, scrape_configs: [job] } = await readScrape();
  assertEquals(rules, ["alerts.yml"]);
  assertEquals(job.metrics_path, "/metrics");
  assertEquals(job.authorization.type, "Bearer");
  assert(job.authorization.credentials_file.startsWith("/"));
});
