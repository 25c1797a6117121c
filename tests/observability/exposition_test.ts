/** What is written for Prometheus, value by value, and that the tests' own reader refuses what Prometheus would. */
import { assertEquals, assertThrows } from "@std/assert";
import { Durations, renderMetrics, single } from "@/lib/observability/instruments.ts";
import { parseExposition, valueOf } from "@/tests/helpers/exposition.ts";

Deno.test("renderMetrics() writes a histogram whose buckets count everything up to their bound", () => {
  const durations = new Durations([0.001, 0.1, 1]);
  for (const ms of [0.5, 1, 1.01, 99, 100, 999, 5_000]) durations.observeMs(ms);
  const samples = durations.samples({ route: "/a" });
  const text = renderMetrics([{ name: "t_seconds", help: "H", type: "histogram", samples }]);
  assertEquals(
    text,
    `# HELP t_seconds H
# TYPE t_seconds histogram
t_seconds_bucket{route="/a",le="0.001"} 2
t_seconds_bucket{route="/a",le="0.1"} 5
t_seconds_bucket{route="/a",le="1"} 6
t_seconds_bucket{route="/a",le="+Inf"} 7
t_seconds_sum{route="/a"} ${[0.5, 1, 1.01, 99, 100, 999, 5_000].reduce((s, ms) => s + ms / 1000, 0)}
t_seconds_count{route="/a"} 7
`,
  );
});

Deno.test("renderMetrics() escapes what a label may hold, and leaves out metrics without samples", () => {
  const value = 'a"b\\c\nd';
  const text = renderMetrics([
    { name: "empty", help: "H", type: "gauge", samples: [] },
    {
      name: "odd",
      help: "back\\slash\nline",
      type: "gauge",
      samples: [{ labels: { value }, value: 1 }],
    },
    single({ name: "big", help: "H", type: "gauge", value: Infinity }),
  ]);
  const metrics = parseExposition(text);
  assertEquals([...metrics.keys()], ["odd", "big"]);
  assertEquals(valueOf(metrics, "odd", { value }), 1);
  assertEquals(valueOf(metrics, "big"), Infinity);
});

const HEAD = "# HELP a_total A.\n# TYPE a_total counter\n";
const HISTOGRAM = "# HELP h H\n# TYPE h histogram\n";
const WRONG: [text: string, reason: string][] = [
  [`${HEAD}a_total 1`, "no end"],
  ["a_total 1\n", "another metric"],
  [`${HEAD}b_total 1\n`, "another metric"],
  [`${HEAD}a_total 1\na_total 2\n`, "twice"],
  [`${HEAD}a_total{x="1",y="2"} 1\na_total{y="2",x="1"} 2\n`, "twice"],
  [`${HEAD}a_total{x=1} 1\n`, "Not a sample"],
  [`${HEAD}a_total{x="a"b"} 1\n`, "Not a sample"],
  [`${HEAD}a_total one\n`, "Not a sample"],
  [`${HEAD}a_total 1\n${HEAD}a_total{x="1"} 1\n`, "twice"],
  [HEAD, "no sample"],
  ["# HELP a A\n# TYPE a counter\na 1\n", "_total"],
  ["# TYPE a gauge\na 1\n", "help"],
  [`${HISTOGRAM}h_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n`, "cumulative"],
  [`${HISTOGRAM}h_bucket{le="1"} 1\nh_sum 1\nh_count 1\n`, "no bucket of all"],
  [`${HISTOGRAM}h_bucket{le="+Inf"} 1\nh_sum 1\nh_count 2\n`, "no bucket of all"],
  [`${HISTOGRAM}h_bucket{le="1"} 0\nh_bucket{le="+Inf"} 1\nh_sum 0.5\nh_count 1\n`, "below"],
];

Deno.test("parseExposition() refuses what is not the format", () => {
  for (const [text, reason] of WRONG) {
    const error = assertThrows(() => parseExposition(text), Error);
    assertEquals(error.message.includes(reason), true, `${text}${error.message}`);
  }
});
