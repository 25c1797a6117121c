/** Times in words and in figures, the same wherever they are made. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { renderToString } from "preact-render-to-string";
import { formatTime, relativeTime } from "@/components/relative_time.ts";
import { Time } from "@/components/Time.tsx";

const NOW = new Date("2026-11-22T21:30:05.123Z");

const WORDS: [secondsAgo: number, text: string][] = [
  [0, "just now"],
  [44, "just now"],
  [-44, "just now"],
  [45, "1 minute ago"],
  [119, "1 minute ago"],
  [120, "2 minutes ago"],
  [3_599, "59 minutes ago"],
  [3_600, "1 hour ago"],
  [86_399, "23 hours ago"],
  [86_400, "1 day ago"],
  [30 * 86_400, "30 days ago"],
  [31 * 86_400, "22 Oct 2026"],
  [-90, "in 1 minute"],
  [-7_200, "in 2 hours"],
  [-31 * 86_400, "23 Dec 2026"],
];

for (const [secondsAgo, text] of WORDS) {
  Deno.test(`relativeTime says "${text}" for ${secondsAgo} seconds ago`, () => {
    assertEquals(relativeTime(new Date(NOW.getTime() - secondsAgo * 1000), NOW), text);
  });
}

Deno.test("formatTime tells date, minute and second in UTC", () => {
  assertEquals(formatTime(NOW, { kind: "date" }), "22 Nov 2026");
  assertEquals(formatTime(NOW, { kind: "datetime" }), "22 Nov 2026, 21:30");
  assertEquals(formatTime(NOW, { kind: "exact" }), "22 Nov 2026, 21:30:05 UTC");
  assertEquals(
    formatTime(new Date("2026-01-01T00:00:00Z"), { kind: "datetime" }),
    "1 Jan 2026, 00:00",
  );
});

Deno.test("A time carries the machine's form, and the exact one as its title", () => {
  const html = renderToString(<Time at={NOW.toISOString()} format="datetime" />);
  assertStringIncludes(html, 'datetime="2026-11-22T21:30:05.123Z"');
  assertStringIncludes(html, 'title="22 Nov 2026, 21:30:05 UTC"');
  assertStringIncludes(html, 'data-time="datetime"');
  assertStringIncludes(html, ">22 Nov 2026, 21:30</time>");
});
