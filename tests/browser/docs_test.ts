/**
 * The documentation that a server shows: the API reference, drawn in the browser from the server's own document and
 * tried with a real key, and the page of error codes.
 */
import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import type { AcceptedFinding } from "@/tests/browser/helpers/axe.ts";
import { openBrowser } from "@/tests/browser/helpers/browser.ts";
import { describeSights, type Surroundings } from "@/tests/browser/helpers/sights.ts";
import { type Harness, startHarness } from "@/tests/helpers/harness.ts";

let harness: Harness;

/** What axe finds in Scalar's client, which opens over the reference to try a request: nothing of it is made here. */
const CLIENT_FINDINGS: readonly AcceptedFinding[] = [
  // The filters of request and answer: a button around a button, with the outer one's role taken away.
  ...["aria-allowed-role", "aria-prohibited-attr", "presentation-role-conflict"].map((rule) => ({
    rule,
    selector: '[id^="headlessui-popover-button-scalar-client"]',
  })),
  // The cells for headers and parameters call themselves comboboxes without a list.
  { rule: "aria-required-attr", selector: ".code-input-lite__editor" },
  // The viewer of the answer's body has no name.
  { rule: "aria-input-field-name", selector: ".cm-content" },
  { rule: "scrollable-region-focusable", selector: ".cm-scroller" },
  // A section that is closed points to what it would show.
  { rule: "aria-valid-attr-value", selector: 'button[aria-controls^="scalar-client"]' },
  // The page behind it stays in the document, with its main part and its place for notes.
  { rule: "landmark-no-duplicate-main", selector: ".references-rendered" },
  { rule: "landmark-unique", selector: 'section[aria-label^="Notifications"]' },
];

describeSights("the documentation", {
  parts: ["docs"],
  sights: [
    {
      who: "nobody",
      path: "/docs",
      when: "with every operation in its list",
      act: seeOperations,
      settled: coloured,
      // axe is slow on so large a page, and the next sight is judged at 360.
      widths: [1280],
    },
    {
      who: "nobody",
      path: "/docs/errors",
      when: "reached by the doc_url of an error",
      act: followDocUrl,
    },
    // Not after /docs: the browser would only move within that page.
    {
      who: "nobody",
      path: "/docs#tag/account/GET/api/v1/me",
      when: "after a request that was tried",
      act: tryRequest,
      settled: coloured,
      widths: [360],
      accepted: CLIENT_FINDINGS,
    },
    { who: "nobody", path: "/docs/nowhere", status: 404 },
  ],
  start: startDocs,
});

/** Scalar names the colours that it shows. */
function coloured(colorScheme: "light" | "dark"): string {
  return `body.${colorScheme}-mode`;
}

async function startDocs(): Promise<Surroundings<"nobody">> {
  const cleanUp = new AsyncDisposableStack();
  harness = cleanUp.use(await startHarness());
  const browser = cleanUp.use(await openBrowser());
  return {
    baseUrl: harness.server.baseUrl,
    tabs: { nobody: cleanUp.use(await browser.newPage()) },
    ids: {},
    [Symbol.asyncDispose]: () => cleanUp.disposeAsync(),
  };
}

/** The list at the side has every operation of the document and no other. */
async function seeOperations(page: Page): Promise<void> {
  const { json } = await harness.call({ path: "/api/v1/openapi.json" });
  const operations = Object.entries<Record<string, { summary: string }>>(json.paths)
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { summary }]) =>
        [summary, `${method.toUpperCase()}${path}`] as const
      )
    );
  const list = page.getByRole("complementary", { name: "Sidebar" });
  const links = list.locator('a[href*="/api/v1/"]');
  await links.first().waitFor();
  const shown = await links.evaluateAll((all) =>
    all.map((link) => [link.textContent ?? "", link.getAttribute("href") ?? ""] as const)
  );
  assertEquals(shown.length, operations.length);
  for (const [summary, operation] of operations) {
    const link = shown.find(([, href]) => href.endsWith(`/${operation}`));
    assertEquals([operation, link?.[0].includes(summary)], [operation, true]);
  }
}

/** Types a key in, calls GET /me, and compares what is shown with what the server says. */
async function tryRequest(page: Page): Promise<void> {
  const { key } = await harness.makeAccount();
  const { text } = await harness.call({ path: "/api/v1/me", key: key.key });
  await page.getByLabel("Bearer Token").fill(key.key);
  await page.getByRole("heading", { name: "Get the account and key in use", level: 3 }).waitFor();
  await page.getByRole("button", { name: /^Test Request \(get \/api\/v1\/me\)/ }).click();
  const client = page.getByRole("dialog");
  const asked = page.waitForResponse((answer) => answer.url().endsWith("/api/v1/me"));
  await client.getByRole("button", { name: /^Send get request to/ }).click();
  assertEquals(await (await asked).text(), text);
  await client.getByText(JSON.parse(text).data.account.id).waitFor();
  await client.getByText("200 OK").waitFor();
  assertEquals(await page.evaluate(() => Object.entries({ ...localStorage })), []);
}

/** What a client does with an error that it does not know. */
async function followDocUrl(page: Page): Promise<void> {
  const refused = await harness.call({ path: "/api/v1/me" });
  await page.goto(refused.json.error.doc_url);
  const section = page.locator("section:target");
  await section.getByRole("heading", { name: "unauthorized" }).waitFor();
  assertEquals(await section.evaluate((it) => it.getBoundingClientRect().top < 200), true);
}
