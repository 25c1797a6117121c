/** Markup that screen readers depend on, and that nothing a person typed becomes markup. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import { Alert } from "@/components/Alert.tsx";
import { chartAxis, compactNumber } from "@/components/bar_chart.ts";
import { Button } from "@/components/Button.tsx";
import { CodeBlock } from "@/components/CodeBlock.tsx";
import { CopyBox } from "@/components/CopyBox.tsx";
import { DescriptionList } from "@/components/DescriptionList.tsx";
import { CheckIcon } from "@/components/icons.ts";
import { Pagination } from "@/components/Pagination.tsx";
import { StackedBars } from "@/components/StackedBars.tsx";
import { StatusBadge } from "@/components/StatusBadge.tsx";
import { Steps } from "@/components/Steps.tsx";
import { RowLink, Table, Td, Tr } from "@/components/Table.tsx";
import { Tabs } from "@/components/Tabs.tsx";
import { Timeline } from "@/components/Timeline.tsx";
import ConfirmDialog from "@/islands/ConfirmDialog.tsx";
import DismissibleToast from "@/islands/DismissibleToast.tsx";

Deno.test("A button with an address is a link, others submit unless told", () => {
  assertMatch(renderToString(<Button href="/keys">Keys</Button>), /^<a href="\/keys"/);
  assertMatch(
    renderToString(<Button name="step" value="2">Next</Button>),
    /^<button[^>]*type="submit"/,
  );
  assertStringIncludes(renderToString(<Button type="button">Next</Button>), 'type="button"');
});

Deno.test("An icon is hidden from screen readers", () => {
  assertStringIncludes(renderToString(<CheckIcon />), 'aria-hidden="true"');
});

Deno.test("A status is said in a word, and an unknown one as it came", () => {
  for (const status of ["pending", "unknown", "sent", "delivered", "read", "failed", "received"]) {
    const text = renderToString(<StatusBadge status={status} />).replace(/<[^>]*>/g, "");
    assertEquals(text.toLowerCase(), status);
  }
  assertStringIncludes(renderToString(<StatusBadge status="<b>" />), "&lt;b>");
});

Deno.test("Tabs and steps mark the current one", () => {
  const tabs = renderToString(
    <Tabs
      label="Range"
      tabs={[
        { href: "/?range=24h", label: "24 h", isCurrent: true },
        { href: "/?range=7d", label: "7 d", isCurrent: false },
      ]}
    />,
  );
  assertMatch(tabs, /href="\/\?range=24h"[^>]*aria-current="page"/);
  assertEquals(tabs.match(/aria-current="page"/g)?.length, 1);
  const steps = renderToString(
    <Steps
      steps={[
        { title: "Connect", state: "done" },
        { title: "Create a key", state: "current" },
        { title: "Send", state: "todo" },
      ]}
    />,
  );
  assertEquals(steps.match(/aria-current="step"/g)?.length, 1);
  assertStringIncludes(steps.replace(/<[^>]*>/g, ""), "Connect, done");
});

Deno.test("A table names itself, its columns and, for narrow screens, each value", () => {
  const html = renderToString(
    <Table caption="Keys" columns={["Name", { label: "Actions", isHidden: true }]}>
      <Tr>
        <Td>
          <RowLink href="/keys/1">First</RowLink>
        </Td>
        <Td label="Requests" align="right">7</Td>
      </Tr>
    </Table>,
  );
  assertMatch(html, /role="region" aria-label="Keys" tabindex="0"/);
  assertMatch(html, /<caption[^>]*>Keys<\/caption>/);
  assertEquals(html.match(/scope="col"/g)?.length, 2);
  assertMatch(html, /<span class="sr-only">Actions<\/span>/);
  assertMatch(html, /<span aria-hidden="true"[^>]*>Requests<\/span>/);
});

Deno.test("One page of rows has no links to others", () => {
  assertEquals(renderToString(<Pagination />), "");
  assertStringIncludes(renderToString(<Pagination nextHref="/keys?after=1" />), "/keys?after=1");
});

Deno.test("A value to copy can be selected without a script", () => {
  const html = renderToString(<CopyBox label="Webhook URL" value={`https://x/"y`} />);
  assertMatch(html, /<label for="copy-webhook-url"/);
  assertMatch(html, /<input[^>]*id="copy-webhook-url"[^>]*readonly/);
  assertStringIncludes(html, "https://x/&quot;y");
});

Deno.test("A dialog opens without a script, or leads to a page that asks the same", () => {
  const dialog = <ConfirmDialog id="revoke" triggerLabel="Revoke" title="Revoke it?" />;
  const html = renderToString(dialog);
  assertMatch(html, /<button[^>]*commandfor="revoke"[^>]*command="show-modal"/);
  assertMatch(html, /<dialog id="revoke"[^>]*aria-labelledby="revoke-title"/);
  const linked = renderToString(
    <ConfirmDialog
      id="revoke"
      triggerLabel="Revoke"
      title="Revoke it?"
      fallbackHref="/keys/1/revoke"
    />,
  );
  assertMatch(linked, /<a href="\/keys\/1\/revoke"/);
});

Deno.test("Good news is a status, bad news an alert", () => {
  assertStringIncludes(
    renderToString(<DismissibleToast kind="success" text="Saved" />),
    'role="status"',
  );
  assertStringIncludes(
    renderToString(<DismissibleToast kind="error" text="Failed" />),
    'role="alert"',
  );
  assertEquals(renderToString(<Alert tone="bad">Text</Alert>).includes("role="), false);
});

Deno.test("A chart says all it shows in a table", () => {
  const series = [{ label: "Read", fill: "fill-accent", swatch: "bg-accent" }];
  const html = renderToString(
    <StackedBars
      caption="Messages by hour"
      series={series}
      bars={[
        { label: "12:00", title: "22 Nov, 12:00", values: [1_200] },
        { label: "13:00", title: "22 Nov, 13:00", values: [0] },
      ]}
    />,
  );
  assertMatch(html, /<caption[^>]*>Messages by hour<\/caption>/);
  assertEquals(html.match(/class="fill-accent"/g)?.length, 1);
  assertStringIncludes(html, "1,200");
  assertEquals(/style=/.test(html), false);
});

Deno.test("The scale of a chart is the next round number", () => {
  const scales: [number, number][] = [
    [0, 2],
    [1, 2],
    [2, 2],
    [3, 4],
    [9, 10],
    [10, 10],
    [11, 12],
    [135, 160],
    [950, 1_000],
    [1_001, 1_200],
    [999_999, 1_000_000],
  ];
  for (const [largest, max] of scales) {
    assertEquals([largest, chartAxis(largest).max], [largest, max]);
  }
  assertEquals([950, 1_200, 34_000].map(compactNumber), ["950", "1.2K", "34K"]);
});

const NASTY = '<script>alert(1)</script>" onload="x';
const SHOWN: Record<string, VNode> = {
  "a code block": <CodeBlock code={NASTY} language={NASTY} />,
  "a copy box": <CopyBox label={NASTY} value={NASTY} />,
  "a list of facts": <DescriptionList items={[[NASTY, NASTY]]} />,
  "a timeline": <Timeline items={[{ at: new Date(0), title: NASTY, text: NASTY }]} />,
  "an alert": <Alert title={NASTY}>{NASTY}</Alert>,
  "a toast": <DismissibleToast kind="success" text={NASTY} />,
};
for (const [name, markup] of Object.entries(SHOWN)) {
  Deno.test(`A text in ${name} never becomes markup`, () => {
    const html = renderToString(markup);
    assertEquals(html.includes("<script"), false);
    assertEquals(/" onload="/.test(html), false);
  });
}
