/**
 * What every page must fulfil in the browser: nothing that axe finds, no scrolling sideways, and nothing wrong behind
 * the scenes. axe runs as the tests' own script, so the page's policy stays in force.
 */
import { assertEquals } from "@std/assert";
import axeCore from "axe-core";
import type { Page } from "playwright-core";
import type { WatchedPage } from "@/tests/browser/helpers/browser.ts";

/** What axe finds in a page with JavaScript (without, it never ends), one line for each place. */
export async function axe(page: Page): Promise<string[]> {
  const isThere = await page.evaluate(() => "axe" in globalThis);
  if (!isThere) await page.evaluate(axeCore.source);
  return await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof axeCore };
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, any, all, none }) => {
        const reason = [...any, ...all, ...none].map((check) => check.message).join("; ");
        return `${id}: ${help} at ${target.join(" ")} (${reason})`;
      })
    );
  });
}

/** How many pixels a page is wider than its window. */
export async function overflowPx(page: Page): Promise<number> {
  return await page.evaluate(() =>
    document.documentElement.scrollWidth - document.documentElement.clientWidth
  );
}

/** Fails unless a page is accessible, fits its window and has done nothing wrong but what `except` names. */
export async function assertGoodPage(
  watched: WatchedPage,
  { except }: { except?: RegExp } = {},
): Promise<void> {
  const address = watched.page.url();
  assertEquals({
    address,
    axe: await axe(watched.page),
    overflowPx: await overflowPx(watched.page),
    problems: watched.problems.filter((line) => !except?.test(line)),
  }, { address, axe: [], overflowPx: 0, problems: [] });
}
